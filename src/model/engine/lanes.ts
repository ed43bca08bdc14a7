// Work on numbered items, a few at a time: what keeps a disk and a card's copies busy together.

/** As many as the threads that Node.js reads and writes files with. */
const LANES = 4;

/** Rejects with the first failure, when nothing is under way any more: what the work touches may then be let go of. */
export async function inLanes(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      try {
        await work(next++);
      } catch (error) {
        next = count;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: LANES }, lane));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
