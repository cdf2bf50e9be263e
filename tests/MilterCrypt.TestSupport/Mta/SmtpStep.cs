namespace MilterCrypt.TestSupport.Mta;

/// <summary>A step of an SMTP conversation, as a tap on its line sees it.</summary>
/// <param name="FromServer">Whether the server takes it: a reply. Otherwise the client: a command, or a part of the message.</param>
/// <param name="Verb">The command, or the one that is replied to: <see cref="Connection"/> for the greeting, EHLO, MAIL, RCPT, DATA,
/// <see cref="Text"/> for the message's first octets, <see cref="Dot"/> for its end, QUIT.</param>
/// <param name="Code">A reply's code; else 0.</param>
public sealed record SmtpStep(bool FromServer, string Verb, int Code)
{
    /// <summary>At RCPT, whose.</summary>
    public string? Recipient { get; init; }

    public const string Connection = "connection";
    public const string Text = "text";
    public const string Dot = ".";
}
