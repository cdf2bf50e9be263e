namespace MilterCrypt.Engine.Custody.Holder;

/// <summary>How long a key holder is waited for.</summary>
public sealed record KeyHolderClientOptions
{
    /// <summary>How long an answer may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it is not tried to connect after it failed; twice as long each time.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest that grows to.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(2);
}
