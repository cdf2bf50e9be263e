namespace MilterCrypt.Configuration;

/// <summary>One key that a configuration may have: a row of the reference.</summary>
/// <param name="Path">Where it stands: <c>spool.directory</c>; an entry of a list is <c>[]</c>.</param>
/// <param name="Value">What it takes, in words.</param>
/// <param name="Default">What holds where it is missing, as one would write it; empty where there is none.</param>
/// <param name="Meaning">What it does, in a sentence.</param>
internal sealed record Setting(string Path, string Value, string Default, string Meaning);
