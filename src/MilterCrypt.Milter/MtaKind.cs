namespace MilterCrypt.Milter;

/// <summary>The MTAs whose habits differ where it matters to a filter.</summary>
public enum MtaKind
{
    /// <summary>Something else, or it did not say.</summary>
    Unknown,

    /// <summary>Postfix.</summary>
    Postfix,

    /// <summary>Sendmail.</summary>
    Sendmail,
}
