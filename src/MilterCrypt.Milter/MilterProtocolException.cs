namespace MilterCrypt.Milter;

/// <summary>The peer does not keep to the milter protocol; the connection is closed.</summary>
/// <param name="message">What it did.</param>
public sealed class MilterProtocolException(string message) : Exception(message);
