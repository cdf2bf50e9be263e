namespace MilterCrypt.Cases.Filter;

/// <summary>Where the filter is asked.</summary>
public enum FilterStep
{
    Connect,
    Helo,
    Unknown,
    Mail,
    Rcpt,
    Data,

    /// <summary>The end of the header.</summary>
    Header,

    /// <summary>While the body comes.</summary>
    Body,

    /// <summary>The end of the message.</summary>
    End,
}
