using System.Buffers;
using System.IO.Compression;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Compression;
using MilterCrypt.OpenPgp.Messages.Writing;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>The layers below messages, each beside another that reads the same: what both read must be the same.</summary>
internal static class PacketTargets
{
    private const int MostDecompressed = 1 << 18;

    /// <summary>Packets while they come, and in memory.</summary>
    public static string Frames(ReadOnlySpan<byte> input)
    {
        string whole = Frame(input, Math.Max(1, input.Length), out string? problem), pieces = Frame(input, 1 + (input.Length % 7), out _);
        FuzzFailureException.Unless(whole == pieces, $"packets in pieces are others: {whole}; {pieces}");

        string read = "";
        var reader = new PacketReader(input.ToArray());
        while (reader.TryRead(out Packet packet))
            read += Describe(packet.Tag, packet.Body.Span);
        FuzzFailureException.Unless(read == whole, $"the two readers disagree: {read}; {whole}");
        FuzzFailureException.Unless(reader.Problem is null == problem is null, $"the two readers disagree: {reader.Problem}; {problem}");
        return $"{problem} {read.Length}";
    }

    /// <summary>Armor while it comes, and in memory.</summary>
    public static string Armor(ReadOnlySpan<byte> input)
    {
        var (whole, octets) = Dearmor(input, Math.Max(1, input.Length));
        var (pieces, others) = Dearmor(input, 1 + (input.Length % 7));
        // Of several things that are wrong, any may be named.
        bool isSame = whole is null && pieces is null ? octets.AsSpan().SequenceEqual(others) : whole is not null && pieces is not null;
        FuzzFailureException.Unless(isSame, $"armor in pieces is another: {whole}; {pieces}");

        // A reader of keys takes lines that were escaped with a dash, and a decoder of messages does not.
        if (whole is null && input.IndexOf("- -----"u8) < 0)
        {
            var reader = new ArmorReader(input.ToArray());
            ArmorBlock? block;
            do
                block = reader.ReadNext();
            while (block is not null && block.Label != "PGP MESSAGE");
            if (block is { Problem: null })
                FuzzFailureException.Unless(block.Data.Span.SequenceEqual(octets), "the two readers disagree");
        }

        return whole ?? $"read {octets.Length}";
    }

    /// <summary>An algorithm's number, and what is compressed.</summary>
    public static string Decompress(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return "";
        var (whole, octets) = DecompressOnce(input, input.Length);
        var (pieces, others) = DecompressOnce(input, 1 + (input.Length % 7));
        FuzzFailureException.Unless(whole == pieces && octets.AsSpan().SequenceEqual(others), $"in pieces it is another: {whole}; {pieces}");
        if (whole == "whole" && (CompressionAlgorithm)input[0] is CompressionAlgorithm.Zip or CompressionAlgorithm.Zlib)
            FuzzFailureException.Unless(octets.AsSpan().SequenceEqual(Inflate(input)), "another program inflates it to something else");
        return whole;
    }

    private static string Describe(PacketTag tag, ReadOnlySpan<byte> body) => $"{(int)tag}:{body.Length}:{Crc(body)} ";

    private static int Crc(ReadOnlySpan<byte> octets)
    {
        var hash = new HashCode();
        hash.AddBytes(octets);
        return hash.ToHashCode();
    }

    private static string Frame(ReadOnlySpan<byte> input, int piece, out string? problem)
    {
        var visitor = new Visitor();
        var framer = new PacketFramer(visitor, takesIndeterminate: true);
        for (int at = 0; at < input.Length; at += piece)
            framer.Write(input.Slice(at, Math.Min(piece, input.Length - at)));
        problem = framer.Complete();
        return visitor.Seen;
    }

    private static (string? Problem, byte[] Octets) Dearmor(ReadOnlySpan<byte> input, int piece)
    {
        var output = new ArrayBufferWriter<byte>();
        using var decoder = new ArmorDecoder("PGP MESSAGE", new BinaryOutput(output));
        for (int at = 0; at < input.Length; at += piece)
            decoder.Write(input.Slice(at, Math.Min(piece, input.Length - at)));
        string? problem = decoder.Complete();
        FuzzFailureException.Unless(output.WrittenCount <= input.Length, "more comes out than went in");
        return (problem, output.WrittenSpan.ToArray());
    }

    private static (string Outcome, byte[] Octets) DecompressOnce(ReadOnlySpan<byte> input, int piece)
    {
        var output = new ArrayBufferWriter<byte>();
        using var decompressor = Decompressor.Create(
            (CompressionAlgorithm)input[0], new BinaryOutput(output), MostDecompressed, new byte[Decompressor.LargestPiece], out string? reason);
        if (decompressor is null)
            return (reason!, []);

        bool isSound = true;
        for (int at = 1; at < input.Length && isSound; at += piece)
            isSound = decompressor.TryWrite(input.Slice(at, Math.Min(piece, input.Length - at)));
        bool isWhole = decompressor.TryComplete();
        FuzzFailureException.Unless(output.WrittenCount <= MostDecompressed, "more than is allowed");
        FuzzFailureException.Unless(isSound || !isWhole, "whole, and not sound");

        // Of what is damaged, more or less may come out before that is seen.
        return isWhole ? ("whole", output.WrittenSpan.ToArray()) : (decompressor.Problem.ToString(), []);
    }

    private static byte[] Inflate(ReadOnlySpan<byte> input)
    {
        var source = new MemoryStream(input[1..].ToArray());
        using Stream stream = input[0] == (byte)CompressionAlgorithm.Zlib
            ? new ZLibStream(source, CompressionMode.Decompress)
            : new DeflateStream(source, CompressionMode.Decompress);
        var output = new MemoryStream();
        stream.CopyTo(output);
        return output.ToArray();
    }

    private sealed class Visitor : IPacketVisitor
    {
        private readonly ArrayBufferWriter<byte> body = new();
        private PacketTag tag;

        public string Seen { get; private set; } = "";

        public string? Problem { get; private set; }

        public void Begin(PacketTag tag)
        {
            this.tag = tag;
            body.Clear();
            Problem = tag == PacketTag.Reserved ? "a packet with the reserved type 0" : null;
        }

        public void Body(ReadOnlySpan<byte> data)
        {
            FuzzFailureException.Unless(!data.IsEmpty, "a piece of none");
            body.Write(data);
        }

        public void End() => Seen += Describe(tag, body.WrittenSpan);
    }
}
