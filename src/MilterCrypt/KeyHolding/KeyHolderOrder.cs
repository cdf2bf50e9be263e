using MilterCrypt.Configuration;

namespace MilterCrypt.KeyHolding;

/// <summary>What `keyholder` is to run.</summary>
/// <param name="Settings">Where its keys are, and where it listens.</param>
/// <param name="Peers">The users whom it answers.</param>
internal sealed record KeyHolderOrder(SecretKeySettings Settings, IReadOnlyList<uint> Peers);
