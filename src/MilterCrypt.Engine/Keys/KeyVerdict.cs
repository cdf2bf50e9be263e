namespace MilterCrypt.Engine.Keys;

/// <summary>Whether a certificate is let into a store.</summary>
public abstract record KeyVerdict
{
    private KeyVerdict() { }

    /// <summary>It is.</summary>
    /// <param name="Certificate">What is to be stored.</param>
    /// <param name="Serves">The addresses for which it may be used, now or later.</param>
    /// <param name="TakesOver">Those of them that another certificate has served so far.</param>
    public sealed record Admitted(StoredCertificate Certificate, IReadOnlyList<string> Serves, IReadOnlyList<string> TakesOver) : KeyVerdict;

    /// <summary>It is not.</summary>
    /// <param name="Reason">Why, and what to do.</param>
    public sealed record Refused(string Reason) : KeyVerdict;
}
