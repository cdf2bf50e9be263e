using System.CommandLine;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MilterCrypt.Native;
using MilterCrypt.Telemetry;

namespace MilterCrypt.Commands;

/// <summary>`version`: which program this is, and with which libraries it runs.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Prints the version, and those of the libraries it found.");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"miltercrypt {ProgramVersion.Text}");
            output.WriteLine($"  {RuntimeInformation.FrameworkDescription}");
            output.WriteLine($"  OpenSSL {OpenSslVersion()}");
            var missing = NativeLibraries.FindMissing();
            foreach (var library in NativeLibraries.Required)
                output.WriteLine($"  {(missing.Contains(library) ? library.MissingText : $"{library.FileName} found")}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string OpenSslVersion()
    {
        long version = SafeEvpPKeyHandle.OpenSslVersion;
        // 0xMNN00PP0: OPENSSL_VERSION_NUMBER(3).
        return $"{version >> 28}.{(version >> 20) & 0xff}.{(version >> 4) & 0xff}";
    }
}
