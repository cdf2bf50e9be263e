using MilterCrypt.OpenPgp.Certificates;
using MilterCrypt.OpenPgp.Messages;
using MilterCrypt.OpenPgp.Tests.Interop;
using MilterCrypt.OpenPgp.Tests.Messages;
using MilterCrypt.OpenPgp.Tests.Messages.Reading;
using MilterCrypt.OpenPgp.Tests.SessionKeys;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.Hostile.Differential;

/// <summary>Changes honest input and asks everybody what they think of it. Where MilterCrypt takes something for proven, good or
/// usable and two others refuse it, or where another text comes out, something is wrong here; where MilterCrypt alone refuses,
/// that is counted by its reason.</summary>
internal sealed class DifferentialRun : IDisposable
{
    // Of what MilterCrypt refuses, one in so many is shown to the others.
    private const int ShownOfRefused = 8;

    private static readonly byte[] Text = "Tea at five?\nbring cake\n"u8.ToArray();

    private readonly OtherPrograms others;
    private readonly SecretCertificate bob;
    private readonly PacketMutator mutator;
    private readonly List<string> findings = [];
    private readonly SortedDictionary<string, int> stricter = new(StringComparer.Ordinal);

    public DifferentialRun(OtherPrograms others, int seed)
    {
        this.others = others;
        bob = OurKeys.SecretsOf(others.Key);
        mutator = new PacketMutator(new Random(seed));
    }

    /// <summary>What was wrong: a line each, with the file that the input was written to.</summary>
    public IReadOnlyList<string> Findings => findings;

    public int Tried { get; private set; }

    public int Accepted { get; private set; }

    /// <summary>What MilterCrypt refuses and two others take, by its reason, with how often.</summary>
    public IReadOnlyDictionary<string, int> Stricter => stricter;

    /// <summary>So many changed inputs of each kind.</summary>
    public async Task TryAsync(int inputs)
    {
        byte[] signature = Signer.Sign(SignatureForm.Detached, Text, new SigningOptions { Armor = false }, bob.SigningKey());
        byte[] signed = Signer.Sign(SignatureForm.Inline, Text, new SigningOptions { Armor = false }, bob.SigningKey());
        byte[] sealedText = Honest.To(bob, 1, SealedPackets.Literal(Text)), sealedSigned = Honest.To(bob, 1, signed);

        await TryAsync("message", inputs, () => mutator.Mutate(sealedText), message => Decrypt(message, isSigned: false), asked => others.DecryptAsync(asked, isSigned: false));
        await TryAsync("signed message", inputs, () => mutator.Mutate(sealedSigned), message => Decrypt(message, isSigned: true), asked => others.DecryptAsync(asked, isSigned: true));
        await TryAsync("packets inside", inputs, () => Sealed(mutator.Mutate(SealedPackets.Literal(Text))), message => Decrypt(message, isSigned: false), asked => others.DecryptAsync(asked, isSigned: false));
        await TryAsync("signed packets inside", inputs, () => Sealed(mutator.Mutate(signed)), message => Decrypt(message, isSigned: true), asked => others.DecryptAsync(asked, isSigned: true));
        await TryAsync("signature", inputs, () => mutator.Mutate(signature), Verify, asked => others.VerifyAsync(asked, Text));
        await TryAsync("certificate", inputs, () => mutator.Mutate(bob.Certificate.ToArray()), Judge, others.EncryptAsync);
    }

    public void Dispose() => bob.Dispose();

    private async Task TryAsync(
        string kind, int inputs, Func<(string What, byte[] Octets)> mutate, Func<byte[], (byte[]? Taken, string Reason)> judge,
        Func<IReadOnlyList<byte[]>, Task<byte[]?[][]>> askAsync)
    {
        var all = Enumerable.Range(0, inputs).Select(_ => mutate()).Select(input => (input.What, input.Octets, Ours: judge(input.Octets))).ToList();
        var shown = all.Where((input, i) => input.Ours.Taken is not null || i % ShownOfRefused == 0).ToList();
        Tried += all.Count;
        Accepted += all.Count(input => input.Ours.Taken is not null);
        byte[]?[][] answers = await askAsync([.. shown.Select(input => input.Octets)]);
        for (int i = 0; i < shown.Count; i++)
        {
            var (what, octets, (taken, reason)) = shown[i];
            byte[]?[] theirs = [.. answers.Select(answer => answer[i])];
            int refusing = theirs.Count(answer => answer is null);
            if (taken is null && refusing <= 1)
                Count($"{kind}, {what}: {reason}");
            else if (taken is not null && refusing >= 2 && !KnownDifferences.IsKnown(kind, what))
                Find(kind, what, octets, $"taken here, refused by {Refusing(theirs)}");
            else if (taken is not null && theirs.Any(answer => answer is not null && !answer.AsSpan().SequenceEqual(taken)))
                Find(kind, what, octets, "another text comes out");
        }
    }

    private void Count(string reason) => stricter[reason] = stricter.GetValueOrDefault(reason) + 1;

    private string Refusing(byte[]?[] theirs) => string.Join(" and ", others.Names.Where((_, i) => theirs[i] is null));

    private void Find(string kind, string what, byte[] octets, string problem)
    {
        string folder = Directory.CreateDirectory(Repository.PathOf("artifacts/fuzz/differential")).FullName;
        string file = Path.Combine(folder, $"crash-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(octets))[..16]}");
        File.WriteAllBytes(file, octets);
        findings.Add($"{kind}, {what}: {problem}: {Path.GetRelativePath(Repository.Root, file)}");
    }

    private (string What, byte[] Octets) Sealed((string What, byte[] Octets) packets) => (packets.What, Honest.To(bob, 1, packets.Octets));

    private (byte[]? Taken, string Reason) Decrypt(byte[] message, bool isSigned)
    {
        var read = Reading.Message(
            message, wanted => Sending.Open(wanted.Packets, bob.DecryptionKeys, wanted.PacketVersion, wanted.Cipher), 50_000, null, bob.Certificate);
        if (!read.IsProven)
            return (null, read.Refusal!.Reason);
        if (read.Content.Encryption is null)
            return (null, "not encrypted");
        string? problem = !isSigned ? null
            : read.Content.Signatures.Count == 0 ? "no signature"
            : read.Content.Signatures.Select(verdict => verdict.Problem).FirstOrDefault(problem => problem is not null);
        return (problem is null ? read.Text : null, problem ?? "");
    }

    private (byte[]? Taken, string Reason) Verify(byte[] signature)
    {
        if (!DetachedVerifier.TryCreate(signature, out var verifier, out string? reason))
            return (null, reason);
        using (verifier)
        {
            verifier.Write(Text);
            var verdicts = verifier.Judge([bob.Certificate], DateTimeOffset.UtcNow, AlgorithmPolicy.Default);
            string? problem = verdicts.Select(verdict => verdict.Problem).FirstOrDefault(problem => problem is not null);
            return (problem is null ? [] : null, problem ?? "");
        }
    }

    private static (byte[]? Taken, string Reason) Judge(byte[] certificate) => Certificate.ReadAll(certificate, CertificateLimits.Default) switch
    {
        [CertificateReading.Readable(var read)] => read.At(DateTimeOffset.UtcNow, AlgorithmPolicy.Default).ForEncryption(
            "bob@example.org", static address => address == "bob@example.org") switch
        {
            EncryptionVerdict.Unusable(var reason) => (null, reason),
            _ => ([], ""),
        },
        [CertificateReading.Rejected(_, var reason, _)] => (null, reason),
        var several => (null, $"{several.Count} certificates"),
    };
}
