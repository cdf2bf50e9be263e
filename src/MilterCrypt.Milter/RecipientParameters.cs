using MilterCrypt.Milter.Wire;

namespace MilterCrypt.Milter;

/// <summary>The ESMTP arguments of RCPT that standards define. One that is missing, malformed or given twice is
/// null.</summary>
public sealed record RecipientParameters
{
    // RFC 3461 §4.2.
    private const int MaxOriginalRecipient = 500;

    private RecipientParameters() { }

    /// <summary>When the delivery is reported (RFC 3461 §4.1).</summary>
    public DsnNotify? Notify { get; private init; }

    /// <summary>The recipient that the sender named first (RFC 3461 §4.2, RFC 6533 §3).</summary>
    public OriginalRecipient? OriginalRecipient { get; private init; }

    /// <summary>Reads the arguments of a RCPT command.</summary>
    internal static RecipientParameters Read(IReadOnlyList<string> arguments)
    {
        var given = new ArgumentList(arguments);
        return new RecipientParameters
        {
            Notify = ReadNotify(given["NOTIFY"]),
            OriginalRecipient = ReadOriginalRecipient(given["ORCPT"]),
        };
    }

    private static DsnNotify? ReadNotify(string? value)
    {
        if (value is null)
            return null;
        if (value.Equals("NEVER", StringComparison.OrdinalIgnoreCase))
            return DsnNotify.Never;

        var all = DsnNotify.Never;
        foreach (string word in value.Split(','))
        {
            DsnNotify one = word.ToUpperInvariant() switch
            {
                "SUCCESS" => DsnNotify.Success,
                "FAILURE" => DsnNotify.Failure,
                "DELAY" => DsnNotify.Delay,
                _ => DsnNotify.Never,
            };
            if (one == DsnNotify.Never)
                return null;
            all |= one;
        }

        return all;
    }

    private static OriginalRecipient? ReadOriginalRecipient(string? value)
    {
        if (value is null or { Length: > MaxOriginalRecipient } || value.Split(';', 2) is not [{ Length: > 0 } type, { Length: > 0 } coded])
            return null;

        // RFC 3461 §4.2: the type is an atom.
        if (!type.All(c => c is > ' ' and <= '~' && !"()<>@,;:\\\".[]".Contains(c, StringComparison.Ordinal)))
            return null;
        string? address = type.Equals("utf-8", StringComparison.OrdinalIgnoreCase) ? Xtext.DecodeUtf8Address(coded) : Xtext.Decode(coded);
        return address is null ? null : new OriginalRecipient(type, address);
    }
}
