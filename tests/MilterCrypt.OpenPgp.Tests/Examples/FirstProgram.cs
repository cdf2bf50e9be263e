// A program elsewhere needs each of these namespaces; this one lies in one of them.
#pragma warning disable IDE0005
// <example encrypt>
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

// </example>
namespace MilterCrypt.OpenPgp.Tests.Examples;

internal static class FirstProgram
{
    public static async Task RunAsync(string[] args)
    {
        // <example encrypt>
        Certificate bob = Certificate.Read(await File.ReadAllBytesAsync(args[0]));
        await using Stream letter = File.OpenRead(args[1]);
        await using Stream message = File.Create(args[1] + ".asc");
        await new Pgp().EncryptAsync(letter, message, [bob]);
        // </example>
    }
}
