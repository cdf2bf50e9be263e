using Microsoft.Extensions.Logging;
using MilterCrypt.Native.LibC;
using MilterCrypt.Native.LibCrypto;

namespace MilterCrypt.KeyHolding;

/// <summary>Keeps secrets within this process.</summary>
internal static class Hardening
{
    // Through the runtime's diagnostics socket a process of the same user can load code into this one.
    private const string DiagnosticsVariable = "DOTNET_EnableDiagnostics";

    // A key takes some hundred octets: enough for ten thousand, and little to lock.
    private const int HeapSize = 4 * 1024 * 1024;

    /// <summary>Begins the program anew without the runtime's diagnostics, where they are on: the runtime opens them before it
    /// runs any code. To be called before there is anything to lose.</summary>
    public static void LeaveDiagnostics()
    {
        if (Environment.GetEnvironmentVariable(DiagnosticsVariable) == "0")
            return;
        RemoveDiagnosticsSocket();
        Console.Error.WriteLine($"miltercrypt: can't begin anew with {DiagnosticsVariable}=0: {ProcessImage.BeginAnew(DiagnosticsVariable, "0")}");
    }

    /// <summary>For a process through which plaintext goes: no core file, and no look into it by others of the same user.</summary>
    public static void Hide(ILogger logger)
    {
        if (ProcessSecrecy.Hide() is { } reason)
            logger.NotHidden(reason);
    }

    /// <summary>For a process that has secret keys: <see cref="Hide"/>, no page in swap space, and libcrypto's private keys in
    /// memory of their own. To be called before there is a key.</summary>
    public static void Guard(ILogger logger)
    {
        Hide(logger);
        if (ProcessSecrecy.LockMemory() is { } unlocked)
            logger.MemoryNotLocked(unlocked);
        if (SecureHeap.Begin(HeapSize) is { } reason)
            logger.NotHidden(reason);
    }

    // Nobody would listen there any more, and nobody would remove it: the runtime does so at an end that doesn't come.
    private static void RemoveDiagnosticsSocket()
    {
        try
        {
            foreach (string socket in Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{Environment.ProcessId}-*-socket"))
                File.Delete(socket);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A file that is left does no harm.
        }
    }
}
