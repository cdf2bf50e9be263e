namespace MilterCrypt.TestSupport.Mta;

/// <summary>A moment in the talk between a mail server and its filter: the <paramref name="Nth"/> packet with this command,
/// counted from 1 since the tap was armed.</summary>
/// <param name="FromFilter">Whether the filter sends it; otherwise the mail server.</param>
/// <param name="Command">The packet's command: 'C' connect, 'M' MAIL, 'B' body, 'b' replacement of the body …</param>
public sealed record MilterMoment(bool FromFilter, char Command, int Nth = 1)
{
    public static MilterMoment ServerSends(char command, int nth = 1) => new(false, command, nth);

    public static MilterMoment FilterSends(char command, int nth = 1) => new(true, command, nth);
}
