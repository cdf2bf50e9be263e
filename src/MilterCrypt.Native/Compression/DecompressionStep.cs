namespace MilterCrypt.Native.Compression;

/// <summary>What one call did.</summary>
/// <param name="Taken">Octets of input that it took.</param>
/// <param name="Written">Octets of output that it filled.</param>
/// <param name="State">How the stream stands after it.</param>
public readonly record struct DecompressionStep(int Taken, int Written, DecompressionState State);
