using System.Globalization;
using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter;

/// <summary>The ESMTP arguments of MAIL that standards define. One that is missing, malformed or given twice is null, or
/// false.</summary>
public sealed record SenderParameters
{
    // RFC 3461 §4.4.
    private const int MaxEnvelopeId = 100;

    private SenderParameters() { }

    /// <summary>How large the message will be, in octets (RFC 1870).</summary>
    public long? Size { get; private init; }

    /// <summary>What its body consists of (RFC 6152, RFC 3030).</summary>
    public BodyType? Body { get; private init; }

    /// <summary>Whether addresses and header may hold UTF-8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; private init; }

    /// <summary>Whether the message may travel under TLS only (RFC 8689).</summary>
    public bool RequireTls { get; private init; }

    /// <summary>How much of it a failure report returns (RFC 3461 §4.3).</summary>
    public DsnReturn? Return { get; private init; }

    /// <summary>What reports name it by, decoded (ENVID, RFC 3461 §4.4).</summary>
    public string? EnvelopeId { get; private init; }

    /// <summary>Who submitted it, decoded (AUTH=, RFC 4954 §5); empty where that is said to be unknown
    /// (<c>&lt;&gt;</c>).</summary>
    public string? Author { get; private init; }

    /// <summary>Reads the arguments of a MAIL command.</summary>
    internal static SenderParameters Read(IReadOnlyList<string> arguments)
    {
        var given = new ArgumentList(arguments);
        return new SenderParameters
        {
            Size = given["SIZE"] is { Length: <= 20 } size
                && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long octets) ? octets : null,
            Body = given["BODY"]?.ToUpperInvariant() switch
            {
                "7BIT" => BodyType.SevenBit,
                "8BITMIME" => BodyType.EightBitMime,
                "BINARYMIME" => BodyType.BinaryMime,
                _ => null,
            },
            SmtpUtf8 = given.HasFlag("SMTPUTF8"),
            RequireTls = given.HasFlag("REQUIRETLS"),
            Return = given["RET"]?.ToUpperInvariant() switch
            {
                "FULL" => DsnReturn.Full,
                "HDRS" => DsnReturn.Header,
                _ => null,
            },
            EnvelopeId = given["ENVID"] is { Length: > 0 and <= MaxEnvelopeId } id && Xtext.Decode(id) is { } decoded
                && !decoded.Any(c => c is < ' ' or > '~') ? decoded : null,
            Author = given["AUTH"] is not { Length: > 0 } author ? null : author == "<>" ? "" : Xtext.Decode(author),
        };
    }
}
