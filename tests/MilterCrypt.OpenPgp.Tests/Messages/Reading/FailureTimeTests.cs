using MilterCrypt.OpenPgp.Messages;
using static MilterCrypt.OpenPgp.Tests.Messages.Reading.SealedPackets;

namespace MilterCrypt.OpenPgp.Tests.Messages.Reading;

/// <summary>A message that can't be decrypted takes the same time whatever is wrong with it: the key, from the first octet on,
/// or the proof at its end, when all of the text has come out.</summary>
[Collection(nameof(SameTime))]
public sealed class FailureTimeTests
{
    private const int Length = 1_000_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AWrongKeyTakesTheTimeOfAWrongProof(int version)
    {
        byte[] otherKey = Seal(version, Literal(new byte[Length]), fill: 8);
        byte[] otherProof = Seal(version, Literal(new byte[Length]));
        otherProof[^1] ^= 1;

        SameTime.Assert(pairs: 41, () => Fail(otherProof), () => Fail(otherKey), bound: 0.1);

        void Fail(byte[] message)
        {
            using var reader = new MessageReader(new Copying(), new ReadingOptions());
            reader.Write(message.AsSpan(0, 100));
            using var key = Key(version);
            reader.UseSessionKey(key, reader: null);
            reader.Write(message.AsSpan(100));
            Assert.Same(MessageRefusal.Undecryptable, Assert.IsType<MessageReading.Refused>(reader.Complete([])).Refusal);
        }
    }

    private sealed class Copying : IPlaintextSink
    {
        private readonly byte[] spool = new byte[Length + 1000];
        private int length;

        public void Write(ReadOnlySpan<byte> data)
        {
            data.CopyTo(spool.AsSpan(length));
            length += data.Length;
        }

        public void Prove() => Assert.Fail("Nothing was proven.");
    }
}
