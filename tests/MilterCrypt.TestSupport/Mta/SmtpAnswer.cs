namespace MilterCrypt.TestSupport.Mta;

/// <summary>What a server answered: its code and its whole text, lines joined by \n; <see cref="Gone"/> where it hung up.</summary>
public sealed record SmtpAnswer(int Code, string Text)
{
    public static SmtpAnswer Gone { get; } = new(0, "connection closed");

    public bool IsSuccess => Code is >= 200 and < 400;

    /// <summary>A server that hangs up has taken nothing, and the client tries again: as good as a 4xx (RFC 5321 §4.3.2).</summary>
    public bool IsTemporary => Code == 0 || Code is >= 400 and < 500;

    public bool IsPermanent => Code is >= 500 and < 600;
}
