namespace MilterCrypt.Engine.Injection;

/// <summary>A command of an envelope.</summary>
/// <param name="Verb">What it is called.</param>
/// <param name="Octets">It, with its CRLF.</param>
/// <param name="Recipient">The address for RCPT; else null.</param>
internal sealed record EnvelopeCommand(string Verb, byte[] Octets, string? Recipient)
{
    /// <summary>Whether a message follows it.</summary>
    internal bool IsData => Verb == "DATA";
}
