namespace MilterCrypt.Configuration;

/// <summary>What became of reading a configuration file.</summary>
internal abstract record ConfigurationResult
{
    private ConfigurationResult() { }

    /// <summary>It is good.</summary>
    public sealed record Loaded(Settings Settings) : ConfigurationResult;

    /// <summary>It can't be used.</summary>
    /// <param name="Complaints">A line for each thing that is wrong, with file, line and column.</param>
    public sealed record Refused(IReadOnlyList<string> Complaints) : ConfigurationResult;
}
