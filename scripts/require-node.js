// Plain JavaScript, so that a Node.js too old for the rest says so in a sentence. Runs before the scripts of package.json.
if (parseInt(process.versions.node) < 24) {
  process.stderr.write(
    `Lectern needs Node.js 24 or newer; this is Node.js ${process.versions.node}. Install a newer one from https://nodejs.org.\n`,
  );
  process.exit(1);
}
