using MilterCrypt.OpenPgp.Secrets;
using MilterCrypt.OpenPgp.Tests.Certificates;
using MilterCrypt.OpenPgp.Tests.Secrets;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Peers;

namespace MilterCrypt.OpenPgp.Tests.SessionKeys;

/// <summary>Session keys that others encrypted are opened: what they protect proves it.</summary>
public sealed class MessagesOfOthersTests
{
    public static TheoryData<string> Vectored
    {
        get
        {
            string root = Repository.PathOf("tests/vectors");
            return [.. Directory.GetFiles(Path.Combine(root, "openpgp-rfc9580"), "enc-*.msg", SearchOption.AllDirectories)
                .Where(file => !file.Contains("illegal", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(file => Path.GetRelativePath(root, file))];
        }
    }

    [Theory]
    [MemberData(nameof(Vectored))]
    public void MessagesOfTheStandardsKeysAreOpened(string file)
    {
        var keys = Keys(Vectors.File(Path.Combine(Path.GetDirectoryName(file)!, "tsk.asc")));

        Assert.True(MessageParts.Read(Vectors.File(file)).IsOpenedWith(keys));
    }

    [Fact]
    public void TheStandardsOwnMessageHasTheSessionKeyThatItNames()
    {
        var message = MessageParts.Read(Vectors.File("openpgp-rfc9580/v6-25519-annex-a-4/annex-a-8.asc"));

        using var session = Sending.Open(
            message.ForKeys, Keys(Vectors.File("openpgp-rfc9580/v6-25519-annex-a-4/tsk.asc")), message.SessionKeyVersion, message.Cipher);

        Assert.Equal("DD708F6FA1ED65114D68D2343E7C2F1D", Convert.ToHexString(session!.Octets));
        Assert.True(message.IsOpenedBy(session));
    }

    [Theory]
    [InlineData("rsa3072", "rsa3072")]
    [InlineData("ed25519", "cv25519")]
    [InlineData("nistp256", "nistp256")]
    [InlineData("nistp384", "nistp384")]
    [InlineData("nistp521", "nistp521")]
    [InlineData("brainpoolP256r1", "brainpoolP256r1")]
    [InlineData("dsa2048", "elg2048")]
    public async Task WhatGnuPgEncryptsToItsKeysIsOpenedByNameAndWithout(string primary, string subkey)
    {
        GnuPgOwner.SkipWithoutGpg();
        await using var home = new GnuPgHome();
        PeerKey made = await home.MakeKeyAsync(primary, subkey);
        using var secret = SecretCertificateTests.ReadOnly(made.SecretKey);
        Assert.All(secret.Keys, static key => Proof.That(key));

        foreach (string recipient in new[] { "--recipient", "--hidden-recipient" })
        {
            byte[] message = (await home.RunAsync([recipient, "bob@example.org", "--encrypt"], "hello"u8.ToArray())).OrThrow().Output;
            Assert.True(MessageParts.Read(message).IsOpenedWith(secret.DecryptionKeys), recipient);
        }
    }

    [Theory]
    [InlineData(KeyKind.V4Curve25519)]
    [InlineData(KeyKind.V6Curve25519)]
    [InlineData(KeyKind.V6Curve448)]
    [InlineData(KeyKind.V6NistP256)]
    public async Task WhatOpenPgpJsEncryptsToItsKeysIsOpened(KeyKind kind)
    {
        if (await OpenPgpJs.FindAsync() is not { } peer)
        {
            Assert.Skip(OpenPgpJs.Missing);
            return;
        }

        await using (peer)
        {
            PeerKey made = await peer.MakeKeyAsync(kind);
            using var secret = SecretCertificateTests.ReadOnly(made.SecretKey);
            Assert.All(secret.Keys, static key => Proof.That(key));
            foreach (var form in new[] { MessageForm.Default, MessageForm.Anonymous, MessageForm.Seipd2Gcm })
            {
                byte[] message = (await peer.EncryptAsync(made, "hello"u8.ToArray(), form, sign: false)).OrThrow().Output;
                Assert.True(MessageParts.Read(message).IsOpenedWith(secret.DecryptionKeys), form.ToString());
            }
        }
    }

    private static List<SecretKey> Keys(byte[] transferableKey) =>
        [.. SecretPacket.AllOf(transferableKey).Select(packet => packet.Read()).Where(key => key.CanDecrypt)];
}
