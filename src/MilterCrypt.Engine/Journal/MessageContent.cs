namespace MilterCrypt.Engine.Journal;

/// <summary>What a message is, whoever it is from and to.</summary>
/// <param name="Hash">SHA-256 of header and body, but for what our own MTA puts in anew at each try.</param>
/// <param name="IsNamed">Whether its sender gave it a Message-ID (RFC 5322 §3.6.4): then an equal message is the same one,
/// tried again. Without that it may as well be another one, equal on purpose.</param>
public sealed record MessageContent(ReadOnlyMemory<byte> Hash, bool IsNamed);
