using MilterCrypt.Configuration;
using MilterCrypt.Engine.Keys;
using MilterCrypt.Engine.Keys.Sqlite;
using MilterCrypt.Native;
using MilterCrypt.Native.LibC;

namespace MilterCrypt.Commands;

/// <summary>How commands get at the configuration and at what it names.</summary>
internal static class ConfigurationLoading
{
    /// <summary>How long a command waits for another that is writing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The file's settings.</summary>
    /// <exception cref="CommandException">The file is not good.</exception>
    public static async Task<Settings> LoadAsync(string file, CancellationToken cancellationToken) =>
        await ConfigurationFile.ReadAsync(file, cancellationToken) switch
        {
            ConfigurationResult.Loaded loaded => loaded.Settings,
            ConfigurationResult.Refused refused => throw new CommandException(ExitCode.Configuration, string.Join('\n', refused.Complaints)),
            var unknown => throw new InvalidOperationException($"No settings in {unknown}."),
        };

    /// <summary>Refuses to begin what the first message would find impossible.</summary>
    /// <exception cref="CommandException">A library of the system is missing.</exception>
    public static void RequireNativeLibraries()
    {
        if (NativeLibraries.FindMissing() is { Count: > 0 } missing)
            throw new CommandException(ExitCode.Unavailable, string.Join('\n', missing.Select(library => library.MissingText)));
    }

    /// <summary>The store that the file names.</summary>
    /// <exception cref="CommandException">It names none.</exception>
    public static StoreSettings RequireStore(this Settings settings, string file) => settings.Store
        ?? throw new CommandException(ExitCode.Configuration, $"{file}: there is no `store`, such as `store: sqlite:/var/lib/miltercrypt/keys.db`");

    /// <summary>Opens the key store that the file names.</summary>
    /// <param name="file">The configuration file.</param>
    /// <param name="create">Whether to make the store where there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IKeyStore> OpenStoreAsync(string file, bool create, CancellationToken cancellationToken)
    {
        var store = (await LoadAsync(file, cancellationToken)).RequireStore(file);
        if (!create && !File.Exists(store.Path))
            throw new CommandException(ExitCode.NoInput, $"there is no key store {store.Path} yet; `miltercrypt keys import` makes it");
        if (create)
            RequireOwnFolder(store.Path);
        return await SqliteKeyStore.OpenAsync(store.Path, create, Patience, cancellationToken);
    }

    // Root may make the file anywhere, and the daemon, whose folder it is, could not read it then.
    private static void RequireOwnFolder(string path)
    {
        if (FileIdentity.CurrentUser == 0 && !File.Exists(path) && FileIdentity.Of(Path.GetDirectoryName(path)!) is { Owner: not 0 } folder)
        {
            string owner = FileIdentity.UserName(folder.Owner);
            throw new CommandException(
                ExitCode.CantCreate,
                $"the folder of the key store {path} belongs to {owner}, who could not read a store that root makes in it: "
                + $"run this as {owner}, such as `runuser -u {owner} -- miltercrypt keys import ...`");
        }
    }
}
