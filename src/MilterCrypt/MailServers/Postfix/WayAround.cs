namespace MilterCrypt.MailServers.Postfix;

/// <summary>A way by which mail passes by the filter.</summary>
/// <param name="Name">What a drawing calls it, in a line.</param>
/// <param name="Finding">What is to be said of it.</param>
internal sealed record WayAround(string Name, Finding Finding);
