using Microsoft.Data.Sqlite;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>What is asked of a key store's file.</summary>
internal static class SqliteQueries
{
    /// <summary>Certificates a page: a page is in memory at once, a certificate is a few KB.</summary>
    private const int PageSize = 1000;

    // The addresses in one text: none of them has a line feed.
    private const string Columns =
        """
        select fingerprint, certificate, source, added, updated, change,
            (select group_concat(address, char(10)) from addresses a where a.fingerprint = c.fingerprint)
        from certificates c
        """;

    public static KeyChanges ReadChanges(SqliteConnection connection, long after)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns + " where change > $after order by change limit $page";
        command.Parameters.AddWithValue("$after", after);
        command.Parameters.AddWithValue("$page", PageSize);

        var changes = new List<KeyChange>();
        long through = after;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            through = rows.GetInt64(5);
            var fingerprint = ReadFingerprint(rows);
            changes.Add(new KeyChange(fingerprint, rows.IsDBNull(1) ? null : Read(rows, fingerprint)));
        }
        return new KeyChanges(through, changes);
    }

    public static StoredCertificate? Find(SqliteConnection connection, Fingerprint fingerprint)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns + " where fingerprint = $fingerprint and certificate is not null";
        command.Parameters.AddWithValue("$fingerprint", fingerprint.ToString());
        return ReadAll(command).SingleOrDefault();
    }

    public static IReadOnlyList<StoredCertificate> Find(SqliteConnection connection, string address)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Columns
            + " where fingerprint in (select fingerprint from addresses where address = $address) and certificate is not null order by added, fingerprint";
        command.Parameters.AddWithValue("$address", address);
        return ReadAll(command);
    }

    private static List<StoredCertificate> ReadAll(SqliteCommand command)
    {
        var found = new List<StoredCertificate>();
        using var rows = command.ExecuteReader();
        while (rows.Read())
            found.Add(Read(rows, ReadFingerprint(rows)));
        return found;
    }

    private static Fingerprint ReadFingerprint(SqliteDataReader rows)
    {
        string text = rows.GetString(0);
        return Fingerprint.TryParse(text, out var fingerprint)
            ? fingerprint
            : throw new KeyStoreException($"the key store holds '{text}' in place of a fingerprint: it is damaged or was edited by hand");
    }

    private static StoredCertificate Read(SqliteDataReader rows, Fingerprint fingerprint) => new(
        fingerprint,
        rows.GetFieldValue<byte[]>(1),
        rows.IsDBNull(6) ? [] : rows.GetString(6).Split('\n'),
        rows.GetString(2),
        DateTimeOffset.FromUnixTimeSeconds(rows.GetInt64(3)),
        DateTimeOffset.FromUnixTimeSeconds(rows.GetInt64(4)));
}
