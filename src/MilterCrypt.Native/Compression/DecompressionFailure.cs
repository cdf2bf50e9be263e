namespace MilterCrypt.Native.Compression;

/// <summary>Failures that no data can cause.</summary>
internal static class DecompressionFailure
{
    internal static SystemException Make(string call, int result, int memoryError) => result == memoryError
        ? new InsufficientMemoryException($"{call} got no memory.")
        : new InvalidOperationException($"{call} failed with {result}.");
}
