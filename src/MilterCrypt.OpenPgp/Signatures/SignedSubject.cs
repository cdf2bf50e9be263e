using System.Buffers;
using System.Buffers.Binary;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.OpenPgp.Signatures;

/// <summary>What a signature inside a certificate is over (RFC 9580 §5.2.4).</summary>
internal abstract record SignedSubject
{
    private SignedSubject() { }

    /// <summary>Writes what is hashed, between the salt and the trailer.</summary>
    public abstract void WriteHashedForm(IBufferWriter<byte> output);

    /// <summary>A primary key alone: direct-key signatures and key revocations.</summary>
    public sealed record Key(PublicKey Primary) : SignedSubject
    {
        /// <inheritdoc/>
        public override void WriteHashedForm(IBufferWriter<byte> output) => Primary.WriteHashedForm(output);
    }

    /// <summary>A primary key and a user ID: certifications and their revocations.</summary>
    public sealed record Identity(PublicKey Primary, UserId UserId) : SignedSubject
    {
        /// <inheritdoc/>
        public override void WriteHashedForm(IBufferWriter<byte> output)
        {
            Primary.WriteHashedForm(output);
            Span<byte> framing = stackalloc byte[5];
            framing[0] = 0xB4;
            BinaryPrimitives.WriteInt32BigEndian(framing[1..], UserId.Octets.Length);
            output.Write(framing);
            output.Write(UserId.Octets.Span);
        }
    }

    /// <summary>A primary key and a subkey: bindings both ways, and subkey revocations.</summary>
    public sealed record Pair(PublicKey Primary, PublicKey Subkey) : SignedSubject
    {
        /// <inheritdoc/>
        public override void WriteHashedForm(IBufferWriter<byte> output)
        {
            Primary.WriteHashedForm(output);
            Subkey.WriteHashedForm(output);
        }
    }
}
