using System.Buffers;
using System.Security.Cryptography;
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.SessionKeys;
using MilterCrypt.OpenPgp.Signatures;
using SymmetricAlgorithm = MilterCrypt.OpenPgp.Packets.SymmetricAlgorithm;

namespace MilterCrypt.Fuzz.Targets;

/// <summary>OpenPGP messages and signatures of others' making. What is proven was sealed, what is good was signed, and that
/// does not depend on how the octets came.</summary>
internal static class MessageTargets
{
    private const long MostText = 1 << 18;

    /// <summary>The session key is known, so that every layer inside is reached.</summary>
    public static string WithKnownKey(ReadOnlySpan<byte> input) => Read(input, static wanted =>
        OpenPgpKeys.Known(wanted.PacketVersion, wanted.Cipher ?? SymmetricAlgorithm.Aes256));

    /// <summary>With secret keys of every kind.</summary>
    public static string WithRealKeys(ReadOnlySpan<byte> input)
    {
        using var random = RandomNumberGenerator.Create();
        return Read(input, wanted => SessionKeyOpener.Open(wanted.Packets, OpenPgpKeys.DecryptionKeys, wanted.PacketVersion, wanted.Cipher, random));
    }

    /// <summary>Two octets with the length of the signatures, the signatures, the data.</summary>
    public static string Detached(ReadOnlySpan<byte> input)
    {
        int length = input.Length < 2 ? 0 : Math.Min(input[0] << 8 | input[1], input.Length - 2);
        var block = input.Slice(Math.Min(2, input.Length), length).ToArray();
        var data = input[Math.Min(2 + length, input.Length)..];
        if (!DetachedVerifier.TryCreate(block, out var verifier, out string? reason))
            return reason;

        using (verifier)
        {
            foreach (byte octet in data)
                verifier.Write([octet]);
            return Judge(verifier.Judge(OpenPgpKeys.Certificates, OpenPgpKeys.Now, AlgorithmPolicy.Default), data);
        }
    }

    /// <summary>The cleartext framework.</summary>
    public static string Cleartext(ReadOnlySpan<byte> input)
    {
        if (!CleartextMessage.TryRead(input.ToArray(), out var message, out string? reason))
            return reason;

        using (message)
        {
            var text = message.Text.Span;
            FuzzFailureException.Unless(message.HasTextOutside || input.TrimStart(" \t\r\n"u8).StartsWith("-----BEGIN PGP SIGNED MESSAGE-----"u8), "text outside that is not told");
            foreach (Range line in text.Split("\r\n"u8))
                FuzzFailureException.Unless(input.IndexOf(text[line]) >= 0, "text that nobody wrote");

            // The end of the last line is not signed (RFC 9580 §7.2).
            return $"{message.HasTextOutside} " + Judge(
                message.Judge(OpenPgpKeys.Certificates, OpenPgpKeys.Now, AlgorithmPolicy.Default), [.. text, .. "\r\n"u8]);
        }
    }

    private static string Judge(IReadOnlyList<SignatureVerdict> verdicts, ReadOnlySpan<byte> data)
    {
        foreach (SignatureVerdict verdict in verdicts.Where(verdict => verdict.IsGood))
            FuzzFailureException.Unless(MessageSeeds.IsSigned(data, verdict.Type == SignatureType.Text), "a good signature over what nobody signed");
        return string.Join(' ', verdicts.Take(4).Select(verdict => verdict.Problem ?? "good"));
    }

    // As a whole, and in small pieces.
    private static string Read(ReadOnlySpan<byte> input, Func<SessionKeyRequest, SessionKey?> open)
    {
        string whole = ReadOnce(input, Math.Max(input.Length, 1), open, out bool wholeUsedKey);
        string pieces = ReadOnce(input, 1 + (input.Length % 7), open, out bool piecesUsedKey);

        // Of several things that are wrong, any may be named, and what is seen early spares the use of a key; but once a
        // secret key was used nothing depends on how the message was cut.
        bool areRefused = IsRefused(whole) && IsRefused(pieces);
        FuzzFailureException.Unless(
            whole == pieces || (areRefused && !(wholeUsedKey && piecesUsedKey)), $"a message in pieces is another one: {whole}; {pieces}");
        return whole;

        static bool IsRefused(string outcome) => outcome.StartsWith(nameof(MessageReading.Refused), StringComparison.Ordinal);
    }

    private static string ReadOnce(ReadOnlySpan<byte> input, int piece, Func<SessionKeyRequest, SessionKey?> open, out bool usedKey)
    {
        usedKey = false;
        var sink = new Sink();
        using var reader = new MessageReader(sink, new ReadingOptions { MaxLength = MostText });
        for (int at = 0; at < input.Length; at += piece)
        {
            reader.Write(input.Slice(at, Math.Min(piece, input.Length - at)));
            if (reader.SessionKeyWanted is { } wanted)
            {
                using SessionKey? key = open(wanted);
                usedKey |= key is not null;
                reader.UseSessionKey(key, reader: null);
            }
        }

        MessageReading reading = reader.Complete(OpenPgpKeys.Certificates);
        FuzzFailureException.Unless(sink.IsProven == reading is MessageReading.Read, "proven, and not read");
        if (reading is MessageReading.Refused(var refusal))
            return $"{nameof(MessageReading.Refused)} {refusal.Kind} {refusal.Reason}";

        MessageContent content = ((MessageReading.Read)reading).Content;
        byte[] text = sink.Text.WrittenSpan.ToArray();
        FuzzFailureException.Unless(content.Encryption is null || MessageSeeds.IsSealed(text), "proven, and nobody sealed it");
        return $"{content.Encryption?.Form} {content.Format} {Judge(content.Signatures, text)} {Convert.ToHexString(SHA256.HashData(text))}";
    }

    private sealed class Sink : IPlaintextSink
    {
        public ArrayBufferWriter<byte> Text { get; } = new();

        public bool IsProven { get; private set; }

        public void Write(ReadOnlySpan<byte> data)
        {
            FuzzFailureException.Unless(!IsProven && Text.WrittenCount + data.Length <= MostText, "text after its end, or too much of it");
            Text.Write(data);
        }

        public void Prove() => IsProven = true;
    }
}
