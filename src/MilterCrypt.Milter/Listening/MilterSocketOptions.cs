namespace MilterCrypt.Milter.Listening;

/// <summary>Who may connect to a Unix socket.</summary>
public sealed record MilterSocketOptions
{
    /// <summary>The socket file's permissions; writing is what connecting needs.</summary>
    public UnixFileMode Mode { get; init; } =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>The group that the socket file is given to, by name; null leaves the process's own.</summary>
    public string? Group { get; init; }

    /// <summary>How many connections may wait to be accepted.</summary>
    public int Backlog { get; init; } = 512;
}
