// As in a program elsewhere, nothing here is in a namespace of ours: there each of these is needed.
// <example encrypt>
using MilterCrypt.OpenPgp;
using MilterCrypt.OpenPgp.Certificates;

// </example>

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
