namespace MilterCrypt.OpenPgp.Packets;

/// <summary>Octets in order, and as names in a dictionary: their hash codes begin with a secret of this process, so that
/// nobody can choose many names with one.</summary>
internal sealed class OctetOrder : IComparer<ReadOnlyMemory<byte>>, IEqualityComparer<ReadOnlyMemory<byte>>
{
    /// <summary>The only one.</summary>
    internal static OctetOrder Instance { get; } = new();

    private OctetOrder() { }

    public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);

    public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

    public int GetHashCode(ReadOnlyMemory<byte> octets)
    {
        var code = default(HashCode);
        code.AddBytes(octets.Span);
        return code.ToHashCode();
    }
}
