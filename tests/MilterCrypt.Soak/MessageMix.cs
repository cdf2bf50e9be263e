namespace MilterCrypt.Soak;

/// <summary>Which kind each message is: of a thousand in a row always as many of each.</summary>
internal static class MessageMix
{
    // Relatively prime to 1000, so that kinds are mixed and none is left out.
    private const int Stride = 387;

    public static MessageKind Of(long number) => (number * Stride % 1000) switch
    {
        < 600 => MessageKind.Encrypted,
        < 850 => MessageKind.Untouched,
        < 910 => MessageKind.Refused,
        < 970 => MessageKind.Aborted,
        < 985 => MessageKind.Malformed,
        < 999 => MessageKind.Vanished,
        _ => MessageKind.Large,
    };
}
