namespace MilterCrypt.TestSupport.Peers;

/// <summary>The process that keeps gpg's secret keys. gpg starts one by itself, and gives up where that takes more than five
/// seconds; a busy machine can be slower.</summary>
public static class GnuPgAgent
{
    /// <summary>Starts it for a home of gpg's; it listens from then on, until the home is gone.</summary>
    public static Task StartAsync(string home) => StartAsync(home, PeerHost.Machine);

    /// <summary>The same on a host: the home is a path there.</summary>
    // With a log of its own it lets go of our pipes.
    public static async Task StartAsync(string home, PeerHost host) => (await host.RunAsync(
        "gpg-agent", ["--homedir", home, "--quiet", "--daemon", "--log-file", Path.Combine(home, "agent.log")])).OrThrow();
}
