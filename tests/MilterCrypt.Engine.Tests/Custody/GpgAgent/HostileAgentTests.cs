using System.Diagnostics;
using System.Text;
using MilterCrypt.Engine.Custody;

namespace MilterCrypt.Engine.Tests.Custody.GpgAgent;

/// <summary>An agent that is none, or a bad one: what leaves is an error with a reason, never a wrong signature, and nothing hangs.</summary>
public sealed class HostileAgentTests
{
    private static readonly byte[] Text = "text"u8.ToArray();

    private static readonly string[] Rubbish =
    [
        "", "\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example.org ESMTP\r\n", "ERR\n", "ERR x\n", "ERR 1 go away\n", "OK", "OK\nOK\n",
        "INQUIRE PASSPHRASE\n", "D %zz\nOK\n", new string('x', 100_000), new string('#', 2000) + "\n", "\0\0\0\0\n",
    ];

    private static readonly string[] Signatures =
    [
        "", "D \nOK\n", "D ()\nOK\n", "D (7:sig-val)\nOK\n", "D (7:sig-val(5:eddsa))\nOK\n", "D (7:sig-val(5:eddsa(1:r3:abc)(1:s3:abc)))\nOK\n",
        "D (7:sig-val(3:rsa(1:s3:abc)))\nOK\n", "D (7:sig-val(5:eddsa(1:r99999:\nOK\n", "OK\n", "OK\nOK\n", "ERR 1 no\n", "D %\nOK\n", "S\n",
        "INQUIRE PINENTRY_LAUNCHED 1\nOK\n", "D (7:sig-val(5:eddsa(1:r32:" + new string('a', 32) + ")(1:s32:" + new string('b', 32) + ")))\nOK\n",
    ];

    [Fact]
    public async Task WhatGreetsLikeNoAgentIsNoneAndSaidToBe()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        foreach (string said in Rubbish)
        {
            await using var fake = FakeAgent.Saying(Encoding.ASCII.GetBytes(said));
            var source = bob.SourceAt(fake.Socket);
            Assert.StartsWith("gpg-agent", (await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, source))).Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<SecretKeyException>(async () => await source.HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, AgentOwner.Ct));
            await Assert.ThrowsAsync<SecretKeyException>(() => bob.OpenAsync(bob.Encrypt(Text), source));
        }
    }

    [Fact]
    public async Task ASignatureThatIsNoneOrWrongNeverLeaves()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        foreach (string said in Signatures)
        {
            await using var fake = FakeAgent.Answering(line => line == "PKSIGN" ? said.Length == 0 ? null : Encoding.ASCII.GetBytes(said) : "OK\n"u8.ToArray());
            await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, bob.SourceAt(fake.Socket, TimeSpan.FromSeconds(2))));
        }

        Assert.All(bob.Uses, use => Assert.Equal(KeyUseOutcome.Refused, use.Outcome));
    }

    [Fact]
    public async Task OneWrongBitInASignatureIsNoticed()
    {
        await using var bob = await AgentOwner.AppearAsync("rsa2048", "rsa2048");
        await using var fake = FakeAgent.Relaying(bob.Home.AgentSocket, static line =>
        {
            if (line is [(byte)'D', ..])
                line[40] = (byte)(line[40] == 'a' ? 'b' : 'a');
            return line;
        });

        await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, bob.SourceAt(fake.Socket)));
    }

    [Fact]
    public async Task AnAnswerCutAnywhereIsAnError()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        int length = 0;
        await using (var whole = FakeAgent.Relaying(bob.Home.AgentSocket, line =>
        {
            length += line.Length;
            return line;
        }))
        {
            await bob.SignAsync(Text, bob.SourceAt(whole.Socket));
        }

        // A few octets more or less are escaped in each signature: the last ones may be there or not.
        Assert.InRange(length, 130, 300);
        for (int most = 0; most < length - 20; most++)
        {
            await using var fake = FakeAgent.Relaying(bob.Home.AgentSocket, static line => line, most);
            await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, bob.SourceAt(fake.Socket)));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("OPTION")]
    [InlineData("SIGKEY")]
    [InlineData("PKSIGN")]
    public async Task OneThatStopsAnsweringIsGivenUpInTime(string? command)
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await using var fake = command is null
            ? FakeAgent.Saying([], hangsUp: false)
            : FakeAgent.Answering(line => line.StartsWith(command, StringComparison.Ordinal) ? [] : "OK\n"u8.ToArray());
        var watch = Stopwatch.StartNew();

        string reason = (await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, bob.SourceAt(fake.Socket, TimeSpan.FromMilliseconds(300))))).Message;
        Assert.Contains("did not answer within 0.3 s", reason, StringComparison.Ordinal);
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task WhoGivesUpOnAnAnswerIsNotToldOfAnotherReason()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await using var fake = FakeAgent.Answering(static line => line.StartsWith("OPTION", StringComparison.Ordinal) ? "OK\n"u8.ToArray() : []);
        using var gaveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await bob.SourceAt(fake.Socket).HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, gaveUp.Token));
    }

    [Theory]
    [InlineData("S PROGRESS x\n")]
    [InlineData("# comment\n")]
    [InlineData("INQUIRE SOMETHING\n")]
    [InlineData("D aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")]
    public async Task AnAnswerWithoutEndIsLeftAlone(string line)
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        byte[] flood = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(line, 100_000 / line.Length * 5)));
        await using var fake = FakeAgent.Answering(line => line.StartsWith("OPTION", StringComparison.Ordinal) ? "OK\n"u8.ToArray() : flood);

        string reason = (await Assert.ThrowsAsync<SecretKeyException>(async () => await bob.SourceAt(fake.Socket).HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, AgentOwner.Ct))).Message;
        Assert.Contains(line[0] == 'D' ? "too much" : "has no end", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswerWithAnotherBehindItIsNotTakenLestTheNextQuestionGetsThatOne()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        await using var fake = FakeAgent.Answering(static line => line.StartsWith("HAVEKEY", StringComparison.Ordinal) ? "OK\nOK\n"u8.ToArray() : "OK\n"u8.ToArray());

        string reason = (await Assert.ThrowsAsync<SecretKeyException>(async () => await bob.SourceAt(fake.Socket).HoldsAsync(bob.Certificate.Fingerprint, bob.SigningKey, KeyOperation.Sign, AgentOwner.Ct))).Message;
        Assert.Contains("something follows its answer", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ERR 100663404 Card error <SCD>\n", true)]
    [InlineData("ERR 67108953 Bad data <GPG Agent>\n", true)]
    [InlineData("D (5:value0:)\nOK\n", true)]
    [InlineData("D (5:value3:abc)\nOK\n", true)]
    [InlineData("S PADDING 0\nD (5:value3:abc)\nOK\n", true)]
    [InlineData("D (5:valu3:abc)\nOK\n", false)]
    [InlineData("ERR 100663408 Card not present <SCD>\n", false)]
    [InlineData("ERR 67108949 No pinentry <GPG Agent>\n", false)]
    public async Task WhatMayComeOfTheCiphertextGivesARandomKeyAndWhatIsOfTheKeyAnError(string said, bool isRandom)
    {
        foreach (string subkey in new[] { "rsa2048", "cv25519" })
        {
            await using var bob = await AgentOwner.AppearAsync("ed25519", subkey);
            await using var fake = FakeAgent.Answering(line => line.StartsWith("PKDECRYPT", StringComparison.Ordinal) ? Encoding.ASCII.GetBytes(said) : "OK\n"u8.ToArray());
            var source = bob.SourceAt(fake.Socket);
            byte[] message = bob.Encrypt(Text);
            if (isRandom)
                Assert.Null(await bob.OpenAsync(message, source));
            else
                await Assert.ThrowsAsync<SecretKeyException>(() => bob.OpenAsync(message, source));
        }
    }

    [Theory]
    [InlineData(0x41)]
    [InlineData(null)]
    public async Task ASharedPointMayComeInEachOfItsForms(int? prefix)
    {
        foreach (string subkey in new[] { "cv25519", "nistp256", "nistp521" })
        {
            await using var bob = await AgentOwner.AppearAsync("ed25519", subkey);
            int length = subkey == "nistp521" ? 66 : 32;
            await using var fake = FakeAgent.Relaying(bob.Home.AgentSocket, line => ChangeValue(line, value => prefix is { } octet
                ? [(byte)octet, .. value.AsSpan(1, length)]
                : value[1..(1 + length)]));

            Assert.Equal(Text, await bob.OpenAsync(bob.Encrypt(Text), bob.SourceAt(fake.Socket)));
        }
    }

    [Fact]
    public async Task WhatACardUnpaddedIsAKeyToo()
    {
        await using var bob = await AgentOwner.AppearAsync("rsa2048", "rsa2048");
        await using var fake = FakeAgent.Relaying(bob.Home.AgentSocket, static line =>
        {
            byte[] changed = ChangeValue(line, static value => value[(value.AsSpan(2).IndexOf((byte)0) + 3)..]);
            return changed == line ? line : [.. "S PADDING 0\n"u8, .. changed];
        });

        Assert.Equal(Text, await bob.OpenAsync(bob.Encrypt(Text), bob.SourceAt(fake.Socket)));
    }

    [Fact]
    public async Task AnAgentThatAsksForAPassphraseGetsNone()
    {
        await using var bob = await AgentOwner.AppearAsync("ed25519", "cv25519");
        var heard = new List<string>();
        await using var fake = FakeAgent.Answering(line =>
        {
            heard.Add(line);
            return line switch
            {
                "PKSIGN" => "S INQUIRE_MAXLEN 255\nINQUIRE PASSPHRASE\n"u8.ToArray(),
                "CAN" => "ERR 67109141 IPC call has been cancelled <GPG Agent>\n"u8.ToArray(),
                _ => "OK\n"u8.ToArray(),
            };
        });

        await Assert.ThrowsAsync<SecretKeyException>(() => bob.SignAsync(Text, bob.SourceAt(fake.Socket)));
        Assert.Equal("CAN", heard[^1]);
    }

    /// <summary>Changes the octets in (value OCTETS) where a line of data has them; else it is the line itself.</summary>
    private static byte[] ChangeValue(byte[] line, Func<byte[], byte[]> change)
    {
        if (!line.AsSpan().StartsWith("D (5:value"u8))
            return line;
        byte[] data = new byte[line.Length];
        Assert.True(Engine.Custody.GpgAgent.AssuanLine.TryUnescape(line.AsSpan(2, line.Length - 3), data, out int length));
        Assert.True(Engine.Custody.GpgAgent.AgentExpression.TryReadValue(data.AsSpan(0, length), out var value));
        byte[] changed = change(value.ToArray());
        byte[] expression = [.. Encoding.ASCII.GetBytes($"(5:value{changed.Length}:"), .. changed, (byte)')'];
        string escaped = string.Concat(expression.Select(static octet => octet is (byte)'%' or (byte)'\r' or (byte)'\n' ? $"%{octet:X2}" : ((char)octet).ToString()));
        return Encoding.Latin1.GetBytes($"D {escaped}\n");
    }
}
