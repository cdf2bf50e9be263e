namespace MilterCrypt.Native.LibArgon2;

/// <summary>What a derivation takes (RFC 9106 §3.1). Whoever locked something chose it, so it is bounded before use.</summary>
/// <param name="Passes">t: 1 at least.</param>
/// <param name="Lanes">p: 1 at least. All run on the caller's thread.</param>
/// <param name="MemoryKibibytes">m: 8 for each lane at least.</param>
public readonly record struct Argon2Cost(int Passes, int Lanes, int MemoryKibibytes);
