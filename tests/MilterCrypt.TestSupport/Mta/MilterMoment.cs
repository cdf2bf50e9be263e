namespace MilterCrypt.TestSupport.Mta;

/// <summary>A moment in the talk between a mail server and its filter: the <paramref name="Nth"/> packet with this command,
/// counted from 1 since the tap was armed.</summary>
/// <param name="FromFilter">Whether the filter sends it; otherwise the mail server.</param>
/// <param name="Command">The packet's command: 'C' connect, 'M' MAIL, 'B' body, 'b' replacement of the body …</param>
public sealed record MilterMoment(bool FromFilter, char Command, int Nth = 1)
{
    /// <summary>In the place of a command: any packet.</summary>
    public const char AnyCommand = '*';

    /// <summary>The filter's last word on a message: all its edits are through, and this packet never is.</summary>
    public static MilterMoment VerdictWithheld { get; } = new(true, 'c') { IsAfterEndOfMessage = true, IsWithheld = true };

    /// <summary>Whether only packets count that come after the mail server's end of message ('E').</summary>
    public bool IsAfterEndOfMessage { get; init; }

    /// <summary>Whether the line holds, and only waits for what is done then; otherwise it is cut.</summary>
    public bool KeepsLine { get; init; }

    /// <summary>Whether the packet is dropped; otherwise it is handed on.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>Whether a line that is cut is reset, as where a process dies with something unread; otherwise it ends.</summary>
    public bool IsReset { get; init; }

    public static MilterMoment ServerSends(char command, int nth = 1) => new(false, command, nth);

    public static MilterMoment FilterSends(char command, int nth = 1) => new(true, command, nth);
}
