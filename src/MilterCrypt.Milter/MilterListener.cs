namespace MilterCrypt.Milter;

/// <summary>Where a connection came in, as its messages know it.</summary>
/// <param name="Name">What the log calls the listener: the address that it was asked to listen on.</param>
/// <param name="Tag">The program's own word for what comes in here, such as the role that it has on the mail's way. It
/// means nothing to this library; empty where the program gave none.</param>
public sealed record MilterListener(string Name, string Tag);
