using System.Buffers;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Tests.Messages.Reading;

/// <summary>What a reader made of a message.</summary>
/// <param name="Result">What it said.</param>
/// <param name="Text">What it wrote, proven or not.</param>
/// <param name="IsProven">Whether it said so.</param>
internal sealed record ReadMessage(MessageReading Result, byte[] Text, bool IsProven)
{
    public MessageRefusal? Refusal => (Result as MessageReading.Refused)?.Refusal;

    public MessageContent Content => Assert.IsType<MessageReading.Read>(Result).Content;
}

/// <summary>Reads whole messages.</summary>
internal static class Reading
{
    /// <summary>Reads a message.</summary>
    /// <param name="message">Its octets.</param>
    /// <param name="key">Answers where a session key is wanted; null for none.</param>
    /// <param name="piece">How many octets are shown at once.</param>
    /// <param name="options">How.</param>
    /// <param name="signers">Whose signatures can be verified.</param>
    public static ReadMessage Message(
        byte[] message, Func<SessionKeyRequest, SessionKey?>? key = null, int piece = 50_000, ReadingOptions? options = null, params Certificate[] signers)
    {
        var sink = new Sink();
        using var reader = new MessageReader(sink, options ?? new ReadingOptions());
        for (int position = 0; position < message.Length; position += piece)
        {
            reader.Write(message.AsSpan(position, Math.Min(piece, message.Length - position)));
            if (reader.SessionKeyWanted is { } wanted)
            {
                using var answer = key?.Invoke(wanted);
                reader.UseSessionKey(answer, reader: null);
            }
        }

        var result = reader.Complete(signers);
        Assert.Equal(result is MessageReading.Read, sink.IsProven);
        return new ReadMessage(result, sink.Text.WrittenSpan.ToArray(), sink.IsProven);
    }

    private sealed class Sink : IPlaintextSink
    {
        public ArrayBufferWriter<byte> Text { get; } = new();

        public bool IsProven { get; private set; }

        public void Write(ReadOnlySpan<byte> data)
        {
            Assert.False(IsProven);
            Text.Write(data);
        }

        public void Prove() => IsProven = true;
    }
}
