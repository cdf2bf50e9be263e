using System.Buffers;
using MilterCrypt.OpenPgp.Armor;
using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages.Reading;
using MilterCrypt.OpenPgp.Messages.Signing;
using MilterCrypt.OpenPgp.Packets;
using MilterCrypt.OpenPgp.SessionKeys;

namespace MilterCrypt.OpenPgp.Messages;

/// <summary>Reads one message while it comes, armored or binary: decrypts it, decompresses it, verifies its signatures.
/// <see cref="Write"/> as often as there is something; where <see cref="SessionKeyWanted"/> says so, <see cref="UseSessionKey"/>
/// before the next; then <see cref="Complete"/>. Memory does not grow with the message. Owned by its maker, one thread at a
/// time; disposal clears keys and plaintext.</summary>
public sealed class MessageReader : IDisposable
{
    private readonly MessageInProgress message;
    private readonly MessageLevel outermost;
    private readonly ArmorDecoder armor;

    // Whether it is armored is told by so many octets: a byte order mark begins like a packet.
    private readonly byte[] start = new byte[3];
    private int startLength;
    private bool? isArmored;

    /// <summary>Begins.</summary>
    /// <param name="output">Receives the text. Nothing of it is to be shown to anybody before it is proven.</param>
    /// <param name="options">What is allowed.</param>
    public MessageReader(IPlaintextSink output, ReadingOptions options)
    {
        message = new MessageInProgress(output, options);
        outermost = new MessageLevel(message, isOutermost: true, depth: 0);
        armor = new ArmorDecoder("PGP MESSAGE", outermost);
    }

    /// <summary>The session key that is needed to go on, or null: then the reader goes on without.</summary>
    public SessionKeyRequest? SessionKeyWanted => IsRefused ? null : outermost.Encrypted?.Wanted;

    /// <summary>Whether it is sure already that this message is not read, so that the rest need not be shown. Never where a
    /// session key was used: then the end must be waited for.</summary>
    public bool IsRefused => outermost.Encrypted is not { IsOpened: true } && (outermost.Refusal is not null || armor.Problem is not null);

    /// <summary>Takes the next octets.</summary>
    /// <exception cref="InvalidOperationException">A session key is wanted first.</exception>
    public void Write(ReadOnlySpan<byte> data)
    {
        if (SessionKeyWanted is not null)
            throw new InvalidOperationException("A session key is wanted first.");
        if (isArmored is null)
        {
            int taken = Math.Min(start.Length - startLength, data.Length);
            data[..taken].CopyTo(start.AsSpan(startLength));
            startLength += taken;
            data = data[taken..];
            if (startLength < start.Length)
                return;
            Begin();
        }

        Pass(data);
    }

    /// <summary>Answers <see cref="SessionKeyWanted"/>.</summary>
    /// <param name="key">The key, still the caller's to dispose of; or null where no packet is for any key at hand.</param>
    /// <param name="reader">For whom the message is read, by the fingerprint of his certificate: a signature that names other
    /// recipients is not good for him, since somebody passed it on. Null where that can't be said, as with a passphrase.</param>
    /// <exception cref="InvalidOperationException">None is wanted.</exception>
    public void UseSessionKey(SessionKey? key, Fingerprint? reader)
    {
        if (SessionKeyWanted is null)
            throw new InvalidOperationException("No session key is wanted.");
        message.Reader = reader;
        outermost.Encrypted!.UseSessionKey(key);
    }

    /// <summary>Whom its signatures name as their makers, as far as they have come: at the end, whose certificates
    /// <see cref="Complete"/> needs.</summary>
    public SignatureIssuers Issuers => message.Signatures.Issuers;

    /// <summary>Ends the message: proves the text to the sink, or says why not.</summary>
    /// <param name="signers">Those whose signatures can be verified.</param>
    /// <exception cref="InvalidOperationException">A session key is wanted first.</exception>
    public MessageReading Complete(IReadOnlyList<Certificate> signers)
    {
        if (SessionKeyWanted is not null)
            throw new InvalidOperationException("A session key is wanted first.");

        if (isArmored is null && startLength > 0)
            Begin();

        // What is wrong with the armor is told only where nothing was decrypted: else it would tell when decryption ended.
        string? problem = isArmored == true ? armor.Complete() : null;
        var refusal = outermost.Finish() ?? (problem is null ? null : new MessageRefusal(MessageRefusalKind.Malformed, problem));
        return refusal is null
            ? new MessageReading.Read(message.Prove(signers))
            : new MessageReading.Refused(refusal);
    }

    /// <summary>Writes the message's signatures, once it has ended, as they would stand beside its text (RFC 9580 §10.4).</summary>
    /// <param name="output">Where they go.</param>
    /// <param name="lineEnding">How lines of armor end; null for binary.</param>
    /// <returns>How many there are; for none nothing is written.</returns>
    public int WriteSignatures(IBufferWriter<byte> output, LineEnding? lineEnding) =>
        DetachedForm.WriteAll(output, lineEnding, message.Signatures);

    /// <summary>Clears keys and plaintext.</summary>
    public void Dispose()
    {
        armor.Dispose();
        outermost.Dispose();
        message.Dispose();
    }

    private void Begin()
    {
        var octets = start.AsSpan(0, startLength);
        isArmored = !ArmorReader.IsBinary(octets);
        Pass(octets);
    }

    private void Pass(ReadOnlySpan<byte> data)
    {
        if (isArmored == true)
            armor.Write(data);
        else
            outermost.Write(data);
    }
}
