using System.Globalization;
using Microsoft.Data.Sqlite;
using MilterCrypt.OpenPgp.Packets;

namespace MilterCrypt.Engine.Keys.Sqlite;

/// <summary>What changes a key store's file, each in one transaction: it happens wholly or not at all.</summary>
internal static class SqliteUpdates
{
    /// <summary>Adds certificates, and merges those that are there already with what is there.</summary>
    public static IReadOnlyList<StoreOutcome> Store(
        SqliteConnection connection, IReadOnlyList<StoredCertificate> certificates, CancellationToken cancellationToken)
    {
        // Immediate: what is read below must still be so when it is written.
        using var transaction = connection.BeginTransaction(deferred: false);
        using var put = new PutCommand(connection, transaction);
        long change = Last(connection, transaction, "change");
        long arrival = Last(connection, transaction, "arrival");
        var outcomes = new List<StoreOutcome>(certificates.Count);
        foreach (var certificate in certificates)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (outcome, result) = StoredPackets.Merge(SqliteQueries.Find(connection, certificate.Fingerprint), certificate);
            if (outcome == StoreOutcome.Added)
                result = result with { Arrival = ++arrival };
            if (outcome != StoreOutcome.Unchanged)
                put.Run(result, ++change);
            outcomes.Add(outcome);
        }
        transaction.Commit();
        return outcomes;
    }

    /// <summary>Takes back that a certificate was verified.</summary>
    public static bool WithdrawTrust(SqliteConnection connection, Fingerprint fingerprint, IReadOnlyCollection<string> addresses)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        if (SqliteQueries.Find(connection, fingerprint) is not { } present || StoredPackets.WithoutTrust(present, addresses) is not { } result)
            return false;
        using var put = new PutCommand(connection, transaction);
        put.Run(result, Last(connection, transaction, "change") + 1);
        transaction.Commit();
        return true;
    }

    /// <summary>Removes certificates, leaving a row that tells readers so.</summary>
    public static int Remove(SqliteConnection connection, IReadOnlyList<Fingerprint> fingerprints)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        using var forget = Command(connection, transaction, "delete from addresses where fingerprint = $fingerprint");
        using var empty = Command(
            connection,
            transaction,
            "update certificates set certificate = null, change = $change where fingerprint = $fingerprint and certificate is not null");
        long change = Last(connection, transaction, "change");
        int removed = 0;
        foreach (var fingerprint in fingerprints)
        {
            forget.Parameters.Clear();
            forget.Parameters.AddWithValue("$fingerprint", fingerprint.ToString());
            forget.ExecuteNonQuery();
            empty.Parameters.Clear();
            empty.Parameters.AddWithValue("$fingerprint", fingerprint.ToString());
            empty.Parameters.AddWithValue("$change", ++change);
            removed += empty.ExecuteNonQuery();
        }
        transaction.Commit();
        return removed;
    }

    private static long Last(SqliteConnection connection, SqliteTransaction transaction, string column)
    {
        using var command = Command(connection, transaction, $"select coalesce(max({column}), 0) from certificates");
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static SqliteCommand Command(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command;
    }

    /// <summary>Writes one certificate and the addresses it is filed under.</summary>
    private sealed class PutCommand(SqliteConnection connection, SqliteTransaction transaction) : IDisposable
    {
        private readonly SqliteCommand certificate = Command(
            connection,
            transaction,
            """
            insert into certificates (fingerprint, certificate, source, added, updated, change, arrival)
            values ($fingerprint, $certificate, $source, $added, $updated, $change, $arrival)
            on conflict (fingerprint) do update set
                certificate = excluded.certificate, source = excluded.source, added = excluded.added,
                updated = excluded.updated, change = excluded.change, arrival = excluded.arrival
            """);

        private readonly SqliteCommand forget = Command(connection, transaction, "delete from addresses where fingerprint = $fingerprint");

        private readonly SqliteCommand address = Command(
            connection, transaction, "insert or ignore into addresses (address, fingerprint, taken_over, verified) values ($address, $fingerprint, $takenOver, $verified)");

        public void Run(StoredCertificate stored, long change)
        {
            string fingerprint = stored.Fingerprint.ToString();
            certificate.Parameters.Clear();
            certificate.Parameters.AddWithValue("$fingerprint", fingerprint);
            certificate.Parameters.AddWithValue("$certificate", stored.Certificate.ToArray());
            certificate.Parameters.AddWithValue("$source", stored.Source);
            certificate.Parameters.AddWithValue("$added", stored.Added.ToUnixTimeSeconds());
            certificate.Parameters.AddWithValue("$updated", stored.Updated.ToUnixTimeSeconds());
            certificate.Parameters.AddWithValue("$change", change);
            certificate.Parameters.AddWithValue("$arrival", stored.Arrival);
            certificate.ExecuteNonQuery();

            forget.Parameters.Clear();
            forget.Parameters.AddWithValue("$fingerprint", fingerprint);
            forget.ExecuteNonQuery();
            foreach (string name in stored.Addresses)
            {
                address.Parameters.Clear();
                address.Parameters.AddWithValue("$address", name);
                address.Parameters.AddWithValue("$fingerprint", fingerprint);
                address.Parameters.AddWithValue("$takenOver", KeyPreference.Rank(stored, name));
                address.Parameters.AddWithValue("$verified", stored.TrustFor(name) == KeyTrust.Verified ? 1 : 0);
                address.ExecuteNonQuery();
            }
        }

        public void Dispose()
        {
            certificate.Dispose();
            forget.Dispose();
            address.Dispose();
        }
    }
}
