using MilterCrypt.Native.Compression;

namespace MilterCrypt.Native.LibZ;

/// <summary>A z_stream.</summary>
internal sealed unsafe class ZStreamHandle() : StreamHandle(sizeof(ZStream))
{
    /// <inheritdoc/>
    protected override void End(nint structure) => _ = LibZImports.inflateEnd(structure);
}
