namespace MilterCrypt.Milter;

/// <summary>An address of an envelope with its ESMTP arguments.</summary>
/// <param name="Address">The address without angle brackets; empty for the null sender.</param>
/// <param name="Arguments">The ESMTP arguments, such as <c>NOTIFY=NEVER</c>.</param>
public sealed record EnvelopeAddress(string Address, IReadOnlyList<string> Arguments)
{
    /// <summary>An address without arguments.</summary>
    public EnvelopeAddress(string address)
        : this(address, [])
    {
    }

    /// <summary>The address in angle brackets and its arguments, as SMTP shows them.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend($"<{Address}>"));
}
