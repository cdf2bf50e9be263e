using System.Globalization;
using MilterCrypt.Soak;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Program;

if ((Correspondent.Missing() ?? MilterCryptProgram.Missing()) is { } missing)
{
    Console.Error.WriteLine(missing);
    return 69;   // EX_UNAVAILABLE
}

int messages = Number("SOAK_MESSAGES", 1_000_000), sessions = Number("SOAK_SESSIONS", 32);
await using var bob = await Correspondent.AppearAsync("bob@partner.example", "future-default");
await using var daemon = new MilterCryptDaemon(
    """
      - {match: {domain: partner.example}, encrypt: always, without-key: reject}
      - {encrypt: never}
    """,
    tcp: false,
    settings: $"log: {{level: warning, format: json}}\nlimits: {{connections: {sessions + 10}}}");
await daemon.ImportKeysAsync(bob.PublicKey, CancellationToken.None);
await daemon.StartAsync();
return await new SoakRun(daemon, messages, sessions).RunAsync() ? 0 : 1;

static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
    ? int.Parse(text, CultureInfo.InvariantCulture)
    : otherwise;
