using MilterCrypt.Native.Compression;

namespace MilterCrypt.Native.LibBz2;

/// <summary>A bz_stream.</summary>
internal sealed unsafe class BzStreamHandle() : StreamHandle(sizeof(BzStream))
{
    /// <inheritdoc/>
    protected override void End(nint structure) => _ = LibBz2Imports.BZ2_bzDecompressEnd(structure);
}
