import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLibraryFolder, modelFolders, snapshotSettings } from '../src/config-folders.ts';
import { resolveConfig, serverAddress } from '../src/config.ts';
import { UsageError } from '../src/errors.ts';

function configFileWith(content: string): string {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'lectern-config-')), 'config.json');
  writeFileSync(file, content);
  return file;
}

describe('configuration', () => {
  it('takes a flag over the environment over the file over the default', () => {
    const configFile = configFileWith('{"fps": 1.5, "jobs": 3, "ocr": "off"}');
    const env = { LECTERN_JOBS: '4', LECTERN_OCR: 'deu', LECTERN_LIBRARY: '/lectures' };
    const config = resolveConfig({ ocr: 'eng+deu' }, { configFile, env });
    expect(config).toMatchObject({ fps: 1.5, jobs: 4, ocr: 'eng+deu', device: 'auto', library: '/lectures' });
  });

  it('puts the library into the data folder of the platform when nothing names one', () => {
    const env = { XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/nowhere' };
    if (process.platform === 'linux') expect(defaultLibraryFolder(env)).toBe('/data/lectern');
    expect(resolveConfig({}, { env }).library).toBe(defaultLibraryFolder(env));
  });

  it('looks for models in the library and the platform’s data folder, or only where it is told to', () => {
    const data = path.join(defaultLibraryFolder(), 'models');
    expect(modelFolders({ library: '/lectures', models: undefined })).toEqual(['/lectures/models', data]);
    expect(modelFolders({ library: defaultLibraryFolder(), models: undefined })).toEqual([data]);
    const config = resolveConfig({}, { env: { LECTERN_MODELS: '/models', XDG_CONFIG_HOME: '/nowhere' } });
    expect(modelFolders(config)).toEqual(['/models']);
  });

  it('keeps snapshots in the platform’s cache folder up to 8 GB, where they are told to, or not at all', () => {
    const env = { XDG_CACHE_HOME: '/cache', XDG_CONFIG_HOME: '/nowhere' };
    const settings = snapshotSettings(resolveConfig({}, { env }), env);
    expect(settings).toMatchObject({ maxBytes: 8e9, format: 'fp' });
    if (process.platform === 'linux') expect(settings!.folder).toBe('/cache/lectern/snapshots');
    const told = { ...env, LECTERN_SNAPSHOTS: '/fast', LECTERN_SNAPSHOT_GB: '0.5', LECTERN_SNAPSHOT_FORMAT: 'int8' };
    const folder = path.resolve('/fast');
    expect(snapshotSettings(resolveConfig({}, { env: told }))).toEqual({ folder, maxBytes: 5e8, format: 'int8' });
    expect(snapshotSettings(resolveConfig({ snapshotGB: 0 }, { env: told }))).toBeUndefined();
    expect(() => resolveConfig({}, { env: { ...env, LECTERN_SNAPSHOT_FORMAT: 'int4' } })).toThrow(/snapshotFormat/);
  });

  it('names an unknown key of the file, and the keys there are', () => {
    const configFile = configFileWith('{"fsp": 2}');
    expect(() => resolveConfig({}, { configFile, env: {} })).toThrow(/Unknown setting fsp/);
  });

  it('names the setting whose value is out of range', () => {
    expect(() => resolveConfig({ fps: 30 }, { env: {} })).toThrow(/fps/);
    expect(() => resolveConfig({}, { env: { LECTERN_JOBS: 'many' } })).toThrow(/jobs/);
  });

  it('says which value is wrong and where it came from: a flag, a variable or the file', () => {
    const configFile = configFileWith('{"fps": "two"}');
    const refusal = (act: () => unknown): Partial<UsageError> => {
      try {
        act();
      } catch (error) {
        if (error instanceof UsageError) return error;
      }
      return {};
    };
    const ofFile = refusal(() => resolveConfig({}, { configFile, env: {} }));
    expect(ofFile.message).toContain('fps is not valid ("two")');
    expect(ofFile.remedy).toContain(`"fps" in ${configFile}`);
    const ofVariable = refusal(() => resolveConfig({}, { configFile, env: { LECTERN_FPS: 'many' } }));
    expect(ofVariable.message).toContain('("many")');
    expect(ofVariable.remedy).toContain('Mend $LECTERN_FPS.');
    expect(refusal(() => resolveConfig({ ocr: 'klingon' }, { env: {} })).remedy).toContain('Mend --ocr.');
  });

  it('looks the key of the server up under the name it is given, and keeps it out of the configuration', () => {
    const env = { LECTERN_SERVER_URL: 'http://gpu:8000/v1', LECTERN_SERVER_KEY_ENV: 'GPU_KEY', GPU_KEY: 'sk-1234' };
    const config = resolveConfig({ serverTimeout: 60 }, { env });
    expect(serverAddress(config, env)).toEqual({
      url: 'http://gpu:8000/v1',
      model: undefined,
      apiKey: 'sk-1234',
      timeoutMs: 60_000,
    });
    expect(JSON.stringify(config)).not.toContain('sk-1234');
  });

  it('refuses a server address with a password in it, without repeating it', () => {
    const act = () => resolveConfig({ serverUrl: 'https://me:secret@gpu/v1' }, { env: {} });
    expect(act).toThrow(/serverUrl/);
    expect(act).not.toThrow(/secret/);
  });

  it.each(['{"fps": 1', '[1, 2]', 'null'])('refuses the file %s as wrong usage', (content) => {
    expect(() => resolveConfig({}, { configFile: configFileWith(content), env: {} })).toThrow(UsageError);
  });

  it('refuses a configuration file that was named and is not there', () => {
    expect(() => resolveConfig({}, { configFile: '/nowhere/config.json', env: {} })).toThrow(/ENOENT/);
  });
});
