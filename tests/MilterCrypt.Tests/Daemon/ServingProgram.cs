using System.Net;
using MilterCrypt.Milter.Client;
using MilterCrypt.Milter.Listening;
using MilterCrypt.TestSupport;
using MilterCrypt.TestSupport.Processes;
using MilterCrypt.TestSupport.Program;
using MilterCrypt.Tests.Commands;

namespace MilterCrypt.Tests.Daemon;

/// <summary>`miltercrypt serve`, started as a user would, and an MTA that greets it.</summary>
internal static class ServingProgram
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it; returns when it says that it is ready.</summary>
    /// <param name="here">Its configuration.</param>
    /// <param name="arguments">Further arguments, such as where it listens.</param>
    /// <param name="wrapper">The command that runs it, such as prlimit with its arguments; none for the program itself.</param>
    public static async Task<ChildProcess> StartAsync(Installation here, string[] arguments, params string[] wrapper)
    {
        string[] command = [.. wrapper, MilterCryptProgram.Path, "serve", "--config", here.ConfigurationFile, .. arguments];
        var daemon = ChildProcess.Start(command[0], command[1..]);
        await Patience.UntilAsync(
            () => daemon.HasEnded ? throw new InvalidOperationException(daemon.Said) : daemon.Said.Contains(" is ready: ", StringComparison.Ordinal),
            () => "the daemon is not ready: " + daemon.Said);
        return daemon;
    }

    /// <summary>The command line's way to have it listen on a socket of the installation.</summary>
    public static string[] ListenOnSocket(Installation here) => ["--listen", $"unix:{SocketOf(here)}"];

    /// <summary>The socket of <see cref="ListenOnSocket"/>.</summary>
    public static string SocketOf(Installation here) => here.PathOf("m.sock");

    /// <summary>Begins an SMTP session.</summary>
    /// <param name="endpoint">Where it listens.</param>
    /// <param name="habits">Whose manners the MTA has.</param>
    /// <param name="queueId">The queue id that it tells, or null.</param>
    /// <param name="user">As whom the client logged in, or null.</param>
    public static async Task<MilterClient> GreetAsync(MilterEndpoint endpoint, MtaHabits habits, string? queueId, string? user = null)
    {
        var client = await MilterClient.OpenAsync(endpoint, habits, Token);
        if (queueId is not null)
            client.MacroValues["i"] = queueId;
        if (user is not null)
            client.MacroValues["{auth_authen}"] = user;
        await client.ConnectAsync("client.example", IPAddress.Parse("192.0.2.1"), 4711, Token);
        await client.HeloAsync("client.example", Token);
        return client;
    }
}
