using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;

namespace MilterCrypt.Tests.Commands;

/// <summary>A configuration, a key store and files in a folder of their own, and the program run on them as a user would.</summary>
internal sealed class Installation : IDisposable
{
    public const string EncryptOrReject = "rules: [{encrypt: always, without-key: reject}]";

    private readonly TestDirectory directory = new();

    public Installation(string rules = EncryptOrReject)
    {
        if (MilterCryptProgram.Missing() is { } missing)
            Assert.Skip(missing);
        Configure(rules);
    }

    public string ConfigurationFile => directory.PathOf("miltercrypt.yaml");

    public string Store => directory.PathOf("keys.db");

    public string PathOf(string name) => directory.PathOf(name);

    public string Write(string name, byte[] content)
    {
        string path = directory.Write(name, "");
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Configure(string rules) => directory.Write("miltercrypt.yaml", $"store: sqlite:{Store}\nspool: {{directory: {directory.Root}}}\n{rules}\n");

    /// <summary>The folder with secret keys, which <see cref="ConfigureSecrets"/> makes.</summary>
    public string SecretKeys => directory.PathOf("secrets");

    /// <summary>Adds a folder for secret keys, and a passphrase for them.</summary>
    public void ConfigureSecrets()
    {
        Directory.CreateDirectory(SecretKeys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string passphrase = Write("passphrase", "pass word\n"u8.ToArray());
        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Configure($"{EncryptOrReject}\nsecret-keys: {{directory: {SecretKeys}, passphrase: file:{passphrase}}}");
    }

    /// <summary>A file with a key for two hops.</summary>
    public string HopKey()
    {
        string key = Write("hop.key", new byte[32]);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return key;
    }

    public Task<CommandResult> RunAsync(params string[] arguments) => RunAsync(arguments, default);

    public Task<CommandResult> RunAsync(string[] arguments, ReadOnlyMemory<byte> input) =>
        MilterCryptProgram.RunAsync([.. arguments, "--config", ConfigurationFile], input, TestContext.Current.CancellationToken);

    /// <summary>A quarter of what it would take to hold a message of a hundred megabytes.</summary>
    public Task<CommandResult> RunInLittleMemoryAsync(string[] arguments, ReadOnlyMemory<byte> input) => Command.RunAsync(
        "env",
        ["DOTNET_GCHeapHardLimit=0x1900000", MilterCryptProgram.Path, .. arguments, "--config", ConfigurationFile],
        input,
        TestContext.Current.CancellationToken);

    public async Task<CommandResult> ImportAsync(Correspondent somebody) =>
        (await RunAsync(["keys", "import", "-"], somebody.PublicKey)).OrThrow();

    public async Task<string[]> ListAsync() =>
        (await RunAsync("keys", "list")).OrThrow().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => directory.Dispose();
}
