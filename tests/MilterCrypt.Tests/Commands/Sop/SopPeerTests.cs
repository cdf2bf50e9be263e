using System.Text;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Tests.Commands.Sop;

/// <summary>`miltercrypt sop` beside other programs with the same interface: what one writes the other reads, both ways.</summary>
public sealed class SopPeerTests
{
    private static readonly byte[] Text = "grüße\n- dash\nend\n"u8.ToArray();

    /// <summary>Who writes and who reads.</summary>
    public static TheoryData<string, string> Pairs => new() { { "miltercrypt", "sqop" }, { "sqop", "miltercrypt" }, { "miltercrypt", "gosop" }, { "gosop", "miltercrypt" } };

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task WhatOneEncryptsAndSignsTheOtherOpensAndVerifies(string writer, string reader)
    {
        using var here = await BeginAsync(writer, reader);
        byte[] message = (await RunAsync(writer, ["encrypt", $"--sign-with={here.PathOf("key")}", here.PathOf("cert")], Text)).OrThrow().Output;
        string option = reader == "gosop" ? "verify-out" : "verifications-out";
        string[] verifying = [$"--verify-with={here.PathOf("cert")}", $"--{option}={here.PathOf("lines")}"];
        Assert.Equal(Text, (await RunAsync(reader, ["decrypt", .. verifying, here.PathOf("key")], message)).OrThrow().Output);
        Assert.Single(here.Read("lines").Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task WhatOneEncryptsWithAPasswordTheOtherOpens(string writer, string reader)
    {
        using var here = await BeginAsync(writer, reader);
        // gosop takes what it encrypts with a password for text, and ends its lines as it likes.
        byte[] text = "grüße"u8.ToArray();
        string password = here.Write("password", "pass word");
        string sessionKey = here.PathOf("session");
        byte[] message = (await RunAsync(writer, ["encrypt", $"--with-password={password}"], text)).OrThrow().Output;
        Assert.Equal(text, (await RunAsync(reader, ["decrypt", $"--with-password={password}", $"--session-key-out={sessionKey}"], message)).OrThrow().Output);
        Assert.Equal(text, (await RunAsync(writer, ["decrypt", $"--with-session-key={sessionKey}"], message)).OrThrow().Output);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task WhatOneSignsTheOtherVerifies(string writer, string reader)
    {
        using var here = await BeginAsync(writer, reader);
        foreach (string kind in new[] { "binary", "text" })
        {
            string signature = here.Write("signature", (await RunAsync(writer, ["sign", $"--as={kind}", here.PathOf("key")], Text)).OrThrow().Output);
            Assert.NotEmpty((await RunAsync(reader, ["verify", signature, here.PathOf("cert")], Text)).OrThrow().Output);
            Assert.NotEqual(0, (await RunAsync(reader, ["verify", signature, here.PathOf("cert")], "changed\n"u8.ToArray())).ExitCode);
        }
    }

    [Theory]
    [InlineData("miltercrypt", "sqop")]
    [InlineData("sqop", "miltercrypt")]
    public async Task WhatOneSignsInlineTheOtherVerifiesAndTakesApart(string writer, string reader)
    {
        using var here = await BeginAsync(writer, reader);
        foreach (string kind in new[] { "binary", "text", "clearsigned" })
        {
            byte[] message = (await RunAsync(writer, ["inline-sign", $"--as={kind}", here.PathOf("key")], Text)).OrThrow().Output;
            string read = (await RunAsync(reader, ["inline-verify", here.PathOf("cert")], message)).OrThrow().OutputText;
            Assert.Equal(Encoding.UTF8.GetString(Text).TrimEnd('\n'), read.ReplaceLineEndings("\n").TrimEnd('\n'));

            // What sqop takes out of the cleartext framework ends in a line end that nobody signed.
            if (kind == "clearsigned" && reader == "sqop")
                continue;
            string signatures = here.PathOf($"signatures-{kind}");
            byte[] text = (await RunAsync(reader, ["inline-detach", $"--signatures-out={signatures}"], message)).OrThrow().Output;
            Assert.NotEmpty((await RunAsync(writer, ["verify", signatures, here.PathOf("cert")], text)).OrThrow().Output);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task BothSeeTheSameInArmor(string writer, string reader)
    {
        using var here = await BeginAsync(writer, reader);
        byte[] binary = (await RunAsync(writer, ["dearmor"], File.ReadAllBytes(here.PathOf("cert")))).OrThrow().Output;
        byte[] armored = (await RunAsync(reader, ["armor"], binary)).OrThrow().Output;
        Assert.Equal(binary, (await RunAsync(writer, ["dearmor"], armored)).OrThrow().Output);
    }

    // A key of the other program's own kind, and the certificate that the writer makes of it.
    private static async Task<SopFolder> BeginAsync(string writer, string reader)
    {
        string peer = writer == "miltercrypt" ? reader : writer;
        if (!Command.Exists(peer))
            Assert.Skip($"{peer} is not installed");
        var here = new SopFolder();
        here.Write("key", (await RunAsync(peer, ["generate-key", "Alice <alice@example.org>"])).OrThrow().Output);
        here.Write("cert", (await RunAsync(writer, ["extract-cert"], File.ReadAllBytes(here.PathOf("key")))).OrThrow().Output);
        return here;
    }

    private static Task<CommandResult> RunAsync(string program, string[] arguments, byte[]? input = null) => program == "miltercrypt"
        ? MilterCryptProgram.RunAsync(["sop", .. arguments], input, TestContext.Current.CancellationToken)
        : Command.RunAsync(program, arguments, input, TestContext.Current.CancellationToken);
}
