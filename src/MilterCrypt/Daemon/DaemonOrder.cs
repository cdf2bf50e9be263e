using MilterCrypt.Configuration;

namespace MilterCrypt.Daemon;

/// <summary>What `serve` is to run, as file and command line have it.</summary>
/// <param name="File">The configuration file.</param>
/// <param name="Settings">What it says, the command line's addresses in place of its own.</param>
/// <param name="Store">Where keys are.</param>
/// <param name="ListenIsOverridden">Whether the command line says where to listen.</param>
internal sealed record DaemonOrder(string File, Settings Settings, StoreSettings Store, bool ListenIsOverridden);
