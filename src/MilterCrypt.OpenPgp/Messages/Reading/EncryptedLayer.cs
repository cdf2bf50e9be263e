using System.Buffers;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages.Reading;

/// <summary>Reads an encrypted data packet and the message in it. Waits, once its parameters are read, for a session key;
/// from then on nothing that goes wrong inside is told apart, and nothing is told before the end, until which all octets are
/// decrypted whatever they turn out to be.</summary>
internal sealed class EncryptedLayer : IDisposable
{
    private readonly bool isLibrePgp;
    private readonly IReadOnlyList<EncryptedSessionKey> packets;
    private readonly IReadOnlyList<PassphraseSessionKey> passphrases;
    private readonly MessageInProgress message;
    private readonly MessageLevel inner;

    // Parameters, then ciphertext that came before the session key did.
    private readonly ArrayBufferWriter<byte> waiting = new(64);
    private EncryptedDataParameters? parameters;
    private IEncryptedDataReader? reader;
    private bool hasEnded;

    internal EncryptedLayer(
        bool isLibrePgp, IReadOnlyList<EncryptedSessionKey> packets, IReadOnlyList<PassphraseSessionKey> passphrases, MessageInProgress message)
    {
        this.isLibrePgp = isLibrePgp;
        this.packets = packets;
        this.passphrases = passphrases;
        this.message = message;
        inner = new MessageLevel(message, isOutermost: false, depth: 0);
    }

    /// <summary>What it waits for, or null.</summary>
    internal SessionKeyRequest? Wanted { get; private set; }

    /// <summary>Why the message is not read, or null.</summary>
    internal MessageRefusal? Refusal { get; private set; }

    /// <summary>Whether a session key is used.</summary>
    internal bool IsOpened => reader is not null;

    /// <summary>Whether it was read to its end.</summary>
    internal bool IsRead { get; private set; }

    internal void Write(ReadOnlySpan<byte> data)
    {
        if (reader is not null)
        {
            reader.Write(data);
            return;
        }

        while (parameters is null && Refusal is null && !data.IsEmpty)
        {
            int missing = EncryptedDataParameters.Length(isLibrePgp, waiting.WrittenSpan) - waiting.WrittenCount;
            int taken = Math.Min(missing, data.Length);
            waiting.Write(data[..taken]);
            data = data[taken..];
            if (EncryptedDataParameters.Length(isLibrePgp, waiting.WrittenSpan) == waiting.WrittenCount)
                TakeParameters();
        }

        if (Wanted is not null)
            waiting.Write(data);
    }

    /// <summary>The packet's body ends.</summary>
    internal void End()
    {
        if (parameters is null)
            Refusal ??= new MessageRefusal(MessageRefusalKind.Malformed, "encrypted data that is cut short");
        hasEnded = true;
        if (reader is not null)
            Finish();
    }

    /// <summary>Goes on with a session key, or ends where there is none.</summary>
    internal void UseSessionKey(SessionKey? key)
    {
        Wanted = null;
        if (key is null)
        {
            Refusal = new MessageRefusal(MessageRefusalKind.NoKey, "the message is not encrypted to any of the keys");
            return;
        }

        message.Encryption = new EncryptionFacts(parameters!.Form, parameters.Cipher ?? key.Cipher, parameters.Mode);
        reader = parameters.Begin(key, new SameWork(inner, message), message.Options);
        reader.Write(waiting.WrittenSpan);
        waiting.Clear();
        if (hasEnded)
            Finish();
    }

    public void Dispose()
    {
        reader?.Dispose();
        inner.Dispose();
    }

    private void TakeParameters()
    {
        parameters = EncryptedDataParameters.Read(isLibrePgp, waiting.WrittenSpan, out var refusal);
        Refusal = refusal;
        waiting.Clear();
        if (parameters is not null)
            Wanted = new SessionKeyRequest(packets, passphrases, parameters.SessionKeyVersion, parameters.Cipher);
    }

    // What was wrong inside may be told once it is proven that its maker wrote it so.
    private void Finish()
    {
        Refusal = reader!.Complete() ? inner.Finish() : MessageRefusal.Undecryptable;
        IsRead = true;
    }

    /// <summary>Passes decrypted octets to the message inside; once they turn out to be none, straight to its output: how long a
    /// message takes must not show whether what came out of somebody's octets looked like a packet.</summary>
    private sealed class SameWork(MessageLevel inner, MessageInProgress message) : IOctetSink
    {
        public void Write(ReadOnlySpan<byte> data)
        {
            if (inner.Refusal is null)
                inner.Write(data);
            else
                message.Waste(data);
        }

        public void Complete()
        {
            // Where the octets end, the layer says.
        }
    }
}
